import { describe, expect, it } from 'vitest'
import { sandboxArguments } from './sandbox-arguments.ts'

const plan = {
  host: {
    rootLinks: [{ name: 'bin', target: 'usr/bin' }],
    rootFolders: ['lib'],
    resolvConf: '/run/x/resolv.conf',
  },
  hostname: 'one',
  home: '/data/machines/one/home',
  mounts: [{ source: '/data/runtimes', target: '/opt/agent-machines/runtimes', writable: false }],
  files: [{ path: '/etc/passwd', descriptor: 4 }],
  infoDescriptor: 3,
  lifetime: 'machine' as const,
  command: ['/bin/sh'],
}

describe('the arguments of a sandbox', () => {
  const words = sandboxArguments(plan).join(' ')

  it.each([
    '--unshare-user --uid 0 --gid 0 --unshare-pid --unshare-ipc --unshare-uts',
    '--clearenv',
    '--ro-bind /usr /usr --symlink usr/bin /bin --ro-bind /lib /lib',
    '--ro-bind-try /run/x/resolv.conf /etc/resolv.conf',
    '--file 4 /etc/passwd',
    '--bind /data/machines/one/home /home/agent',
    '--ro-bind /data/runtimes /opt/agent-machines/runtimes',
  ])('hold %s', (part) => {
    expect(words).toContain(part)
  })

  it('end by making the folders read-only, before the command', () => {
    expect(words).toMatch(/--remount-ro \/dev --remount-ro \/etc --remount-ro \/ -- \/bin\/sh$/)
  })

  it.each([
    'shadow',
    'ssh/',
    '/etc/ssl/private',
    '/root',
    '--setenv',
    '--die-with-parent',
    ' /run /run',
    ' /var /var',
  ])('never hold %s', (part) => {
    expect(words).not.toContain(part)
  })

  it('end a throwaway with its parent and give it no home of its own', () => {
    const options = { ...plan, home: null, infoDescriptor: null, lifetime: 'throwaway' as const }
    const throwaway = sandboxArguments(options).join(' ')

    expect(throwaway).toContain('--die-with-parent')
    expect(throwaway).toContain('--symlink /tmp /home/agent')
    expect(throwaway).not.toContain('--info-fd')
  })
})
