import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm, truncate } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { commandLineOf, processIdentityOf } from '../../data-directory/process-identity.ts'
import type { SystemUser } from './database-user.ts'
import { serverEnvironment } from './postgres-settings.ts'
import { type PostmasterFile, parsePostmasterFile } from './postmaster-file.ts'

/** How a server of ours is started: the same for the same version and folders. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly database: string
  readonly socket: string
  readonly log: string
  /** Who runs it, when not the caller. */
  readonly owner: SystemUser | undefined
}

/** A live server of the cluster, whoever started it. */
export interface FoundServer {
  readonly pid: number
  readonly identity: string
  /** Folder of its socket. */
  readonly socket: string
  /** It was started with exactly this command. */
  readonly sameCommand: boolean
}

const logLimitBytes = 1024 * 1024
const pollMs = 10

/** The server that runs on the cluster now; files that a dead one left in the way are removed. */
export async function findServer(command: ServerCommand): Promise<FoundServer | undefined> {
  const file = await readPostmasterFile(command.database)
  if (file === undefined) return undefined
  const identity = await processIdentityOf(file.pid)
  const line = identity === undefined ? [] : await commandLineOf(file.pid)
  const isServer = basename(line[0] ?? '') === 'postgres' && line.includes(command.database)
  if (identity !== undefined && isServer) {
    const expected = [command.program, ...command.args]
    return {
      pid: file.pid,
      identity,
      socket: file.socket,
      sameCommand: line.join('\0') === expected.join('\0'),
    }
  }
  await rm(join(command.database, 'postmaster.pid'), { force: true })
  await rm(join(command.socket, '.s.PGSQL.5432.lock'), { force: true })
  await rm(join(command.socket, '.s.PGSQL.5432'), { force: true })
  return undefined
}

/**
 * Starts a server that outlives this process and its group. Resolves with its identity when it takes
 * connections, undefined when it ended before that (another server may have been first).
 */
export async function spawnServer(command: ServerCommand): Promise<FoundServer | undefined> {
  await boundLog(command.log)
  const log = await open(command.log, 'a', 0o600)
  try {
    const child = spawn(command.program, [...command.args], {
      cwd: '/',
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...command.owner,
    })
    await once(child, 'spawn')
    child.unref()
    const { pid } = child
    const identity = pid === undefined ? undefined : await processIdentityOf(pid)
    if (pid === undefined || identity === undefined) return undefined
    const server = { pid, identity, socket: command.socket, sameCommand: true }
    return (await waitUntilReady(command.database, server)) ? server : undefined
  } finally {
    await log.close()
  }
}

/** False when the server ended before it took connections, or did not in a minute. */
export async function waitUntilReady(database: string, server: FoundServer): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += pollMs) {
    const file = await readPostmasterFile(database)
    if (file?.pid === server.pid && file.ready) return true
    if (!(await isRunning(server))) return false
    await delay(pollMs)
  }
  return false
}

export async function isRunning(server: Pick<FoundServer, 'pid' | 'identity'>): Promise<boolean> {
  return (await processIdentityOf(server.pid)) === server.identity
}

/** False when the socket was taken away from under a running server, as a cleaner of `/run` or `/tmp` does. */
export async function isReachable(socket: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const connection = connect(join(socket, '.s.PGSQL.5432'))
    connection.once('connect', () => resolve(connection.destroy() !== undefined))
    connection.once('error', () => resolve(false))
  })
}

/** Ends the server cleanly; one that does not obey in three seconds is told to stop at once and recover later. */
export async function stopServer(server: FoundServer): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await signalServer(server, signal))) return
    for (let waitedMs = 0; waitedMs < 3000; waitedMs += pollMs) {
      if (!(await isRunning(server))) return
      await delay(pollMs)
    }
  }
}

/** The last lines of the server's log, for a message about why it did not start. */
export async function lastLogLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-5).join('\n')
}

async function signalServer(server: FoundServer, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(server))) return false
  try {
    return process.kill(server.pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

async function readPostmasterFile(database: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(database, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  return parsePostmasterFile(text)
}

/** Servers append to the file, so it can be emptied under a running one. */
async function boundLog(path: string): Promise<void> {
  const log = await open(path, 'a', 0o600)
  const { size } = await log.stat()
  await log.close()
  if (size > logLimitBytes) await truncate(path)
}
