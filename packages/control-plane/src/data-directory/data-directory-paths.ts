import { createHash } from 'node:crypto'
import { isAbsolute, join } from 'node:path'

export interface PathEnvironment {
  readonly AGENT_MACHINES_DATA?: string | undefined
  readonly XDG_DATA_HOME?: string | undefined
  readonly XDG_RUNTIME_DIR?: string | undefined
}

/** Who runs the control plane; root gives the database and every machine users of their own. */
export interface HostUser {
  readonly uid: number
  readonly gid: number
  /** Absolute path of the user's home. */
  readonly home: string
}

/** Everything below the data directory, by name. */
export interface DataDirectoryPaths {
  readonly root: string
  readonly machines: string
  readonly runtimes: string
  /** The cluster of the embedded database. */
  readonly database: string
  /** The database's binaries, one folder per version, and its log. */
  readonly postgres: string
  readonly secretKey: string
  readonly localApiKey: string
  readonly lock: string
}

/** Where the data directory is; a relative XDG path does not count, as its specification says. */
export function dataDirectoryOf(environment: PathEnvironment, user: Pick<HostUser, 'uid' | 'home'>): string {
  if (environment.AGENT_MACHINES_DATA) return environment.AGENT_MACHINES_DATA
  if (user.uid === 0) return '/var/lib/agent-machines'
  const { XDG_DATA_HOME: data } = environment
  if (data && isAbsolute(data)) return join(data, 'agent-machines')
  return join(user.home, '.local/share/agent-machines')
}

export function dataDirectoryPathsOf(root: string): DataDirectoryPaths {
  return {
    root,
    machines: join(root, 'machines'),
    runtimes: join(root, 'runtimes'),
    database: join(root, 'database'),
    postgres: join(root, 'postgres'),
    secretKey: join(root, 'secret.key'),
    localApiKey: join(root, 'local-api-key'),
    lock: join(root, 'control-plane.lock'),
  }
}

/** Room for `/pg/.s.PGSQL.5432` within the 107 bytes of a socket path. */
const socketDirectoryLimitBytes = 107 - '/pg/.s.PGSQL.5432'.length

/**
 * Folders to hold the sockets of the data directory at `root` (its real path), best first.
 *
 * They are outside of it, because its own path may be longer than a socket path can be.
 */
export function socketDirectoriesOf(
  root: string,
  environment: PathEnvironment,
  user: Pick<HostUser, 'uid'>,
): string[] {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 12)
  if (user.uid === 0) return [`/run/am-${hash}`]
  const fallback = `/tmp/am-${user.uid}-${hash}`
  const { XDG_RUNTIME_DIR: runtime } = environment
  if (!runtime || !/^\/[\w./-]+$/.test(runtime)) return [fallback]
  const preferred = join(runtime, `am-${hash}`)
  return Buffer.byteLength(preferred) <= socketDirectoryLimitBytes ? [preferred, fallback] : [fallback]
}
