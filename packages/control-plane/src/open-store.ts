import { randomBytes, randomUUID } from 'node:crypto'
import type { ClientConfig } from 'pg'
import type { Logger } from 'pino'
import { type ControlPlaneLock, lockDataDirectory } from './data-directory/control-plane-lock.ts'
import type { DataDirectoryPaths } from './data-directory/data-directory-paths.ts'
import { openDataDirectory } from './data-directory/open-data-directory.ts'
import { openSecretKey } from './data-directory/secret-key.ts'
import { closeSocketDirectory, openSocketDirectory } from './data-directory/socket-directory.ts'
import type { ControlPlaneOptions } from './options.ts'
import { type Database, openDatabase } from './store/database.ts'
import { startEmbeddedPostgres } from './store/embedded-postgres/embedded-postgres.ts'
import { hasSealedSecrets, Vault } from './store/secrets/vault.ts'

/** What everything else stands on: the data directory, a migrated database, and the vault. */
export interface OpenStore {
  readonly paths: DataDirectoryPaths
  readonly database: Database
  readonly vault: Vault
  /** Tells another control plane that is turned away where this one is. */
  setAddress(address: string): Promise<void>
  close(): Promise<void>
}

/** Opens it, or rejects with the code that says why not, having released what was taken. */
export async function openStore(options: ControlPlaneOptions, log: Logger): Promise<OpenStore> {
  const { environment, user } = options
  const undo: (() => Promise<void>)[] = []
  try {
    const paths = await openDataDirectory(options.dataDirectory, user)
    const url = environment['DATABASE_URL']
    let lock: ControlPlaneLock | undefined
    if (!url) {
      lock = await lockDataDirectory(paths.lock, {
        pid: process.pid,
        clock: () => new Date(),
        newId: randomUUID,
      })
      undo.push(() => (lock as ControlPlaneLock).release())
    }
    let connection: ClientConfig = { connectionString: url }
    if (!url) {
      const socketDirectory = await openSocketDirectory(paths.root, environment, user)
      undo.push(() => closeSocketDirectory(socketDirectory))
      const server = await startServer(options, paths, socketDirectory, log)
      undo.push(() => server.stop())
      connection = server.connection
    }
    const database = await openDatabase({
      connection,
      onConnectionLost: (error) => log.warn({ reason: error.message }, 'database connection lost'),
    })
    undo.push(() => database.close())
    const key = await openSecretKey({
      fromEnvironment: environment['AGENT_MACHINES_SECRET_KEY'],
      path: paths.secretKey,
      uid: user.uid,
      randomBytes,
      newId: randomUUID,
      mayMake: async () => !(await hasSealedSecrets(database.db)),
    })
    const vault = new Vault({ db: database.db, keyEncryptionKey: key, clock: () => new Date(), randomBytes })
    await vault.check()
    return {
      paths,
      database,
      vault,
      setAddress: async (address) => lock?.setAddress(address),
      close: () => runAll(undo),
    }
  } catch (error) {
    await runAll(undo)
    throw error
  }
}

function startServer(
  { user, packageFrom }: ControlPlaneOptions,
  paths: DataDirectoryPaths,
  socketDirectory: string,
  log: Logger,
) {
  return startEmbeddedPostgres({
    paths,
    socketDirectory,
    user,
    packageFrom,
    newId: randomUUID,
    onEvent: (event) => log.debug({ ...event }, 'embedded database'),
  })
}

/** Last first; one that fails does not keep the others from running. */
async function runAll(undo: readonly (() => Promise<void>)[]): Promise<void> {
  for (const each of [...undo].reverse()) await each().catch(() => undefined)
}
