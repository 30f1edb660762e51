/** Home of every sandboxed machine, as seen inside. */
export const machineHome = '/home/agent'
/** Where sandboxed machines see the shared runtimes. */
export const machineRuntimes = '/opt/agent-machines/runtimes'

/** What the sandbox shows of this computer; found once per start by `readHostFacts`. */
export interface HostFacts {
  /** Top-level names that are links into /usr, such as `bin` to `usr/bin`. */
  readonly rootLinks: readonly { readonly name: string; readonly target: string }[]
  /** Top-level names that are folders of their own (computers without a merged /usr). */
  readonly rootFolders: readonly string[]
  /** Where `/etc/resolv.conf` really is; null when there is none. */
  readonly resolvConf: string | null
}

export interface SandboxMount {
  readonly source: string
  readonly target: string
  readonly writable: boolean
}

export interface SandboxPlan {
  readonly host: HostFacts
  readonly hostname: string
  /** Folder of this computer that is the home inside; null makes /tmp the home. */
  readonly home: string | null
  /** In order; later ones may lie in earlier ones. */
  readonly mounts: readonly SandboxMount[]
  /** Files made for the machine: path inside, and the descriptor bubblewrap reads the content from. */
  readonly files: readonly { readonly path: string; readonly descriptor: number }[]
  /** Where bubblewrap names the sandbox's first process; null when nobody asks. */
  readonly infoDescriptor: number | null
  /** A machine outlives the program that starts it, a throwaway ends with it and keeps its environment. */
  readonly lifetime: 'machine' | 'throwaway'
  readonly command: readonly string[]
}

/** The parts of /etc that programs need and that hold no secret. */
const visibleEtc = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'debian_version',
  'fonts',
  'gai.conf',
  'host.conf',
  'inputrc',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'pki/ca-trust',
  'pki/tls/certs',
  'pki/tls/cert.pem',
  'protocols',
  'services',
  'ssl/cert.pem',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
]

/** The arguments of bubblewrap for a machine: everything but home, /tmp and /dev/shm is read-only. */
export function sandboxArguments(plan: SandboxPlan): string[] {
  return [
    ...['--unshare-user', '--uid', '0', '--gid', '0', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
    ...['--hostname', plan.hostname],
    ...(plan.lifetime === 'machine' ? ['--clearenv', '--as-pid-1'] : ['--die-with-parent']),
    ...(plan.infoDescriptor === null ? [] : ['--info-fd', String(plan.infoDescriptor)]),
    ...systemArguments(plan.host),
    ...etcArguments(plan),
    ...['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--tmpfs', '/tmp'],
    ...folders(['/home', '/opt', '/opt/agent-machines', '/run', '/var']),
    ...['--symlink', '/tmp', '/var/tmp'],
    ...(plan.home === null ? ['--symlink', '/tmp', machineHome] : ['--bind', plan.home, machineHome]),
    ...plan.mounts.flatMap((mount) => [mount.writable ? '--bind' : '--ro-bind', mount.source, mount.target]),
    ...['--chdir', plan.home === null ? '/tmp' : machineHome],
    ...['/dev', '/etc', '/'].flatMap((path) => ['--remount-ro', path]),
    ...['--', ...plan.command],
  ]
}

function systemArguments(host: HostFacts): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...host.rootLinks.flatMap(({ name, target }) => ['--symlink', target, `/${name}`]),
    ...host.rootFolders.flatMap((name) => ['--ro-bind', `/${name}`, `/${name}`]),
  ]
}

function etcArguments(plan: SandboxPlan): string[] {
  return [
    ...['--perms', '0755', '--tmpfs', '/etc'],
    ...folders(['/etc/ssl', '/etc/pki', '/etc/pki/tls']),
    ...visibleEtc.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...(plan.host.resolvConf === null ? [] : ['--ro-bind-try', plan.host.resolvConf, '/etc/resolv.conf']),
    ...plan.files.flatMap(({ path, descriptor }) => ['--perms', '0644', '--file', String(descriptor), path]),
  ]
}

function folders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ['--perms', '0755', '--dir', path])
}
