/** One mounted cgroup hierarchy of this computer. */
export interface Hierarchy {
  readonly version: 1 | 2
  readonly mount: string
  /** Of v1, from the mount; of v2 they are in a file. */
  readonly controllers: readonly string[]
  /** Where this process is in it. */
  readonly ownPath: string
}

/** Reads the hierarchies from `/proc/self/mountinfo` and `/proc/self/cgroup`. */
export function parseHierarchies(mountinfo: string, ownCgroups: string): Hierarchy[] {
  const paths = new Map(
    ownCgroups
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
        return [controllers, path] as const
      }),
  )
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [front = '', back = ''] = line.split(' - ')
    const mount = front.split(' ')[4]
    const [type, , options = ''] = back.split(' ')
    if (mount === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return []
    if (type === 'cgroup2') return [{ version: 2, mount, controllers: [], ownPath: paths.get('') ?? '/' }]
    const own = [...paths.keys()].find(
      (names) => names !== '' && hasAll(options.split(','), names.split(',')),
    )
    const controllers = own === undefined || own.startsWith('name=') ? [] : own.split(',')
    return controllers.length === 0
      ? []
      : [{ version: 1, mount, controllers, ownPath: paths.get(own ?? '') ?? '/' }]
  })
}

/** Where machines could have their cgroups: the top first, so that they outlive the service we run in. */
export function basePathsOf(ownPath: string): string[] {
  const parts = ownPath.split('/').filter((part) => part !== '' && part !== '..')
  return ['', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}

export interface CgroupLimits {
  readonly cpus?: number | undefined
  readonly memoryMiB?: number | undefined
  readonly pids: number
}

/** The file and value that set a limit, by cgroup version; null when there is no limit. */
export function limitWrites(
  version: 1 | 2,
  role: 'cpu' | 'memory' | 'pids',
  limits: CgroupLimits,
): readonly { readonly file: string; readonly value: string }[] {
  if (role === 'pids') return [{ file: 'pids.max', value: String(limits.pids) }]
  if (role === 'cpu') {
    if (limits.cpus === undefined) return []
    const quota = Math.max(1_000, Math.round(limits.cpus * 100_000))
    return version === 2
      ? [{ file: 'cpu.max', value: `${quota} 100000` }]
      : [
          { file: 'cpu.cfs_period_us', value: '100000' },
          { file: 'cpu.cfs_quota_us', value: String(quota) },
        ]
  }
  if (limits.memoryMiB === undefined) return []
  const bytes = String(Math.round(limits.memoryMiB * 1024 * 1024))
  return [{ file: version === 2 ? 'memory.max' : 'memory.limit_in_bytes', value: bytes }]
}

function hasAll(set: readonly string[], names: readonly string[]): boolean {
  return names.every((name) => set.includes(name))
}
