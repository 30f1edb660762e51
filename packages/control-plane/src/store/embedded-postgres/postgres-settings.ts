export interface ServerFolders {
  /** The cluster. */
  readonly database: string
  /** Where the unix socket is; 0700 and the server user's. */
  readonly socket: string
}

/**
 * For one control plane and a few hundred machines on a small computer. Durability is left as it is
 * (fsync on); what is cut down is memory, helper processes and everything for replication.
 *
 * Statements and values never reach the log.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: '32MB',
  work_mem: '2MB',
  maintenance_work_mem: '16MB',
  temp_buffers: '1MB',
  wal_buffers: '1MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_replication_slots: '0',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  io_method: 'sync',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  huge_pages: 'off',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** Arguments of `postgres`; the same folders always give the same list. */
export function serverArgumentsOf({ database, socket }: ServerFolders): string[] {
  const all = { ...settings, unix_socket_directories: `"${socket.replaceAll('"', '""')}"` }
  return ['-D', database, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Name of the database role; there is no password, the socket's folder keeps others out. */
export const databaseRole = 'agent_machines'

/** Arguments of `initdb`, for a cluster that sorts and compares text the same on every computer. */
export function initialiseArgumentsOf(database: string): string[] {
  return [
    `--pgdata=${database}`,
    `--username=${databaseRole}`,
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    '--set=max_connections=40',
    '--set=shared_buffers=32MB',
  ]
}

/** Everything the server's processes find in their environment. */
export const serverEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}
