import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentMachinesError } from '@agent-machines/core'
import type { ClientConfig } from 'pg'
import type { DataDirectoryPaths } from '../../data-directory/data-directory-paths.ts'
import { ensureDirectory } from '../../data-directory/open-data-directory.ts'
import { closeSocketDirectory } from '../../data-directory/socket-directory.ts'
import { ensureDatabaseUser, type SystemUser } from './database-user.ts'
import { initialiseCluster } from './initialise-cluster.ts'
import { copyPostgresBinaries } from './postgres-binaries.ts'
import { findPostgresPackage } from './postgres-package.ts'
import { databaseRole, serverArgumentsOf } from './postgres-settings.ts'
import {
  type FoundServer,
  findServer,
  isReachable,
  isRunning,
  lastLogLines,
  type ServerCommand,
  spawnServer,
  stopServer,
  waitUntilReady,
} from './server-process.ts'

export interface EmbeddedPostgresOptions {
  /** An open data directory whose lock the caller holds. */
  readonly paths: DataDirectoryPaths
  /** What `openSocketDirectory` gave. */
  readonly socketDirectory: string
  readonly user: { readonly uid: number }
  /** Modules (paths or file URLs) from which the package of binaries is looked for. */
  readonly packageFrom: readonly string[]
  readonly newId: () => string
  readonly onEvent?: (event: EmbeddedPostgresEvent) => void
}

/** `taken-over` and `replaced` concern a server that an earlier control plane left running. */
export type EmbeddedPostgresEvent =
  | { readonly event: 'started' | 'taken-over' | 'replaced' | 'restarted'; readonly pid: number }
  | { readonly event: 'restart-failed'; readonly error: unknown }

export interface EmbeddedPostgres {
  readonly connection: ClientConfig
  /** Pid of the server's first process. */
  readonly pid: number
  /** Ends the server, cutting connections still open, and removes the socket directory if it is empty. */
  stop(): Promise<void>
}

const watchMs = 1000

/** Gives a running server for the data directory: set up, started or taken over as needed, and kept running. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { command, server: first } = await prepareAndRun(options)
  let server = first
  let restarting: Promise<void> | undefined
  const restartIfGone = async () => {
    if ((await isRunning(server)) && existsSync(join(command.socket, '.s.PGSQL.5432'))) return
    try {
      await openServerSocketDirectory(command.socket, command.owner, options.user.uid)
      server = await runServer(command)
      options.onEvent?.({ event: 'restarted', pid: server.pid })
    } catch (error) {
      options.onEvent?.({ event: 'restart-failed', error })
    }
  }
  const watch = setInterval(() => {
    restarting ??= restartIfGone().finally(() => {
      restarting = undefined
    })
  }, watchMs)
  watch.unref()
  return {
    connection: { host: command.socket, port: 5432, user: databaseRole, database: 'postgres' },
    get pid() {
      return server.pid
    },
    async stop() {
      clearInterval(watch)
      await restarting
      await stopServer(server)
      await rm(command.socket, { recursive: true, force: true })
      await closeSocketDirectory(options.socketDirectory)
    },
  }
}

async function prepareAndRun(options: EmbeddedPostgresOptions) {
  try {
    const command = await prepareServer(options)
    return { command, server: await runServer(command, options.onEvent) }
  } catch (error) {
    await closeServerSocketDirectory(join(options.socketDirectory, 'pg'))
    throw error
  }
}

async function prepareServer(options: EmbeddedPostgresOptions): Promise<ServerCommand> {
  const { paths, user, newId } = options
  const owner = user.uid === 0 ? await ensureDatabaseUser() : undefined
  const source = await findPostgresPackage(options.packageFrom)
  const binaries = await copyPostgresBinaries(source, { folder: paths.postgres, gid: owner?.gid, newId })
  const { database, postgres: scratch } = paths
  await initialiseCluster({ binaries, version: source.version, database, scratch, owner, newId })
  const socket = join(options.socketDirectory, 'pg')
  await openServerSocketDirectory(socket, owner, user.uid)
  return {
    program: join(binaries, 'bin/postgres'),
    args: serverArgumentsOf({ database, socket }),
    database,
    socket,
    log: join(paths.postgres, 'server.log'),
    owner,
  }
}

/** Its parent is the caller's and closed to others' changes, so what stands there is ours. */
async function openServerSocketDirectory(
  path: string,
  owner: SystemUser | undefined,
  uid: number,
): Promise<void> {
  await mkdir(path, { mode: 0o700, recursive: true })
  if (owner !== undefined && (await lstat(path)).uid === uid) await chown(path, owner.uid, owner.gid)
  await ensureDirectory(path, 0o700, owner?.uid ?? uid)
}

/** Removes it and the folder around it where they are ours by name and empty. */
async function closeServerSocketDirectory(path: string): Promise<void> {
  if (!/\/am-[\w-]+\/pg$/.test(path)) return
  await closeSocketDirectory(path)
  await closeSocketDirectory(dirname(path))
}

async function isUsable(command: ServerCommand, server: FoundServer): Promise<boolean> {
  return (await waitUntilReady(command.database, server)) && (await isReachable(command.socket))
}

async function runServer(
  command: ServerCommand,
  onEvent?: (event: EmbeddedPostgresEvent) => void,
): Promise<FoundServer> {
  let replaced = false
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const found = await findServer(command)
    if (found?.sameCommand === true && (await isUsable(command, found))) {
      onEvent?.({ event: 'taken-over', pid: found.pid })
      return found
    }
    if (found !== undefined) {
      replaced = true
      await stopServer(found)
      if (found.socket !== command.socket) await closeServerSocketDirectory(found.socket)
    }
    const started = await spawnServer(command)
    if (started !== undefined) {
      onEvent?.({ event: replaced ? 'replaced' : 'started', pid: started.pid })
      return started
    }
    // The processes of a server that was killed need a moment to notice and let go of the cluster.
    await delay(200)
  }
  throw new AgentMachinesError(
    'DATABASE_UNAVAILABLE',
    `The embedded database did not start; its log ${command.log} ends:\n${await lastLogLines(command.log)}`,
  )
}
