import { describe, expect, it } from 'vitest'
import { type CgroupBase, withoutDoubles } from './cgroup-host.ts'
import { basePathsOf, limitWrites, parseHierarchies } from './cgroup-layout.ts'
import { cgroupsFor } from './machine-cgroups.ts'

const mountinfo = [
  '30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
  '32 30 0:28 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer',
  '33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd',
  '34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  '35 1 8:1 / / rw - ext4 /dev/sda rw',
].join('\n')
const own = '4:cpu,cpuacct:/user.slice\n3:freezer:/\n2:name=systemd:/user.slice\n0::/user.slice/app.service\n'

describe('the cgroups of a computer', () => {
  it('are read from where they are mounted', () => {
    expect(parseHierarchies(mountinfo, own)).toEqual([
      {
        version: 1,
        mount: '/sys/fs/cgroup/cpu,cpuacct',
        controllers: ['cpu', 'cpuacct'],
        ownPath: '/user.slice',
      },
      { version: 1, mount: '/sys/fs/cgroup/freezer', controllers: ['freezer'], ownPath: '/' },
      { version: 2, mount: '/sys/fs/cgroup/unified', controllers: [], ownPath: '/user.slice/app.service' },
    ])
  })

  it.each([
    ['/', ['']],
    ['/a/b', ['', '/a', '/a/b']],
    ['/../x', ['', '/x']],
  ])('are tried from the top down: %s', (path, expected) => {
    expect(basePathsOf(path)).toEqual(expected)
  })

  it.each([
    [2, 'cpu', { cpus: 1.5, pids: 1 }, [{ file: 'cpu.max', value: '150000 100000' }]],
    [
      1,
      'cpu',
      { cpus: 0.001, pids: 1 },
      [
        { file: 'cpu.cfs_period_us', value: '100000' },
        { file: 'cpu.cfs_quota_us', value: '1000' },
      ],
    ],
    [2, 'memory', { memoryMiB: 512, pids: 1 }, [{ file: 'memory.max', value: '536870912' }]],
    [1, 'memory', { memoryMiB: 1, pids: 1 }, [{ file: 'memory.limit_in_bytes', value: '1048576' }]],
    [2, 'memory', { pids: 1 }, []],
    [1, 'pids', { pids: 7 }, [{ file: 'pids.max', value: '7' }]],
  ] as const)('limit with v%s %s of %j', (version, role, limits, writes) => {
    expect(limitWrites(version, role, limits)).toEqual(writes)
  })

  const bases: CgroupBase[] = [
    { version: 1, directory: '/f', roles: ['freeze'] },
    { version: 1, directory: '/c', roles: ['cpu'] },
    { version: 2, directory: '/u', roles: ['freeze'] },
    { version: 1, directory: '/p', roles: ['pids'] },
  ]

  it('serve each purpose once, version 2 first', () => {
    expect(withoutDoubles(bases).map(({ directory }) => directory)).toEqual(['/u', '/c', '/p'])
  })

  it.each([
    [{}, ['/u/one', '/p/one']],
    [{ cpus: 1 }, ['/u/one', '/c/one', '/p/one']],
  ])('are made for a machine of %j', (spec, directories) => {
    const made = cgroupsFor(withoutDoubles(bases), 'one', spec)

    expect(made.map(({ directory }) => directory)).toEqual(directories)
  })
})
