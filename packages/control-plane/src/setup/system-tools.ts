/** A program of the host that machines need, and where it comes from. */
export interface SystemTool {
  readonly command: string
  readonly why: string
  readonly packages: Readonly<Record<PackageManager, string>>
}

export const packageManagers = ['apt-get', 'dnf', 'yum', 'apk', 'pacman', 'zypper'] as const
export type PackageManager = (typeof packageManagers)[number]

const everywhere = (name: string): Record<PackageManager, string> => ({
  'apt-get': name,
  dnf: name,
  yum: name,
  apk: name,
  pacman: name,
  zypper: name,
})

export const systemTools: readonly SystemTool[] = [
  { command: 'tmux', why: 'holds the console of each machine', packages: everywhere('tmux') },
  { command: 'bwrap', why: 'isolates machines on this computer', packages: everywhere('bubblewrap') },
  { command: 'nsenter', why: 'runs commands inside machines', packages: everywhere('util-linux') },
  { command: 'setpriv', why: 'takes privileges from machines', packages: everywhere('util-linux') },
  {
    command: 'flock',
    why: 'lets one process at a time change a machine',
    packages: everywhere('util-linux'),
  },
]

/** What installs `tools`, one argv per command; run as root or behind `sudo`. */
export function installCommands(manager: PackageManager, tools: readonly SystemTool[]): string[][] {
  const names = [...new Set(tools.map((tool) => tool.packages[manager]))]
  switch (manager) {
    case 'apt-get':
      return [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', ...names],
      ]
    case 'dnf':
    case 'yum':
      return [[manager, 'install', '-y', ...names]]
    case 'apk':
      return [['apk', 'add', ...names]]
    case 'pacman':
      return [['pacman', '-Sy', '--noconfirm', ...names]]
    case 'zypper':
      return [['zypper', '--non-interactive', 'install', ...names]]
    default:
      return manager satisfies never
  }
}

/** The line a person can copy. */
export function installLine(manager: PackageManager, tools: readonly SystemTool[], asRoot: boolean): string {
  const prefix = asRoot ? '' : 'sudo '
  return installCommands(manager, tools)
    .map((argv) => prefix + argv.join(' '))
    .join(' && ')
}
