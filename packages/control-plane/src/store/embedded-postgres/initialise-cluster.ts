import { execFile } from 'node:child_process'
import { chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AgentMachinesError } from '@agent-machines/core'
import { dataDirectoryUnusable } from '../../data-directory/data-directory-unusable.ts'
import type { SystemUser } from './database-user.ts'
import { initialiseArgumentsOf, serverEnvironment } from './postgres-settings.ts'

const run = promisify(execFile)

export interface ClusterOptions {
  readonly binaries: string
  /** Version of the binaries. */
  readonly version: string
  /** Where the cluster shall be. */
  readonly database: string
  /** Folder on the same file system that may hold a half-made cluster. */
  readonly scratch: string
  /** Whose it is, when not the caller's. */
  readonly owner: SystemUser | undefined
  readonly newId: () => string
}

/** Makes the cluster unless it is there; killed at any moment, it leaves either all of it or nothing. */
export async function initialiseCluster(options: ClusterOptions): Promise<void> {
  const { binaries, database, scratch, owner, newId } = options
  if (await hasCluster(database, options.version)) return
  await removeLeftovers(scratch)
  const partial = join(scratch, `.cluster-${newId()}`)
  await mkdir(partial, { mode: 0o700 })
  try {
    if (owner !== undefined) await chown(partial, owner.uid, owner.gid)
    await run(join(binaries, 'bin/initdb'), initialiseArgumentsOf(partial), {
      env: serverEnvironment,
      cwd: '/',
      timeout: 120_000,
      ...owner,
    })
    await rename(partial, database)
  } catch (error) {
    await rm(partial, { recursive: true, force: true, maxRetries: 3 })
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    if (said.includes('No space left on device'))
      throw dataDirectoryUnusable(database, 'the disk is full', error)
    throw new AgentMachinesError(
      'DATABASE_UNAVAILABLE',
      `The embedded database could not be set up in ${dirname(database)}${said === '' ? '.' : `: ${said.slice(-1000)}`}`,
      { cause: error },
    )
  }
}

async function hasCluster(database: string, binariesVersion: string): Promise<boolean> {
  const version = await readFile(join(database, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (version === undefined) return false
  const ours = Number.parseInt(binariesVersion, 10)
  const made = Number(version.trim())
  if (made === ours) return true
  throw new AgentMachinesError(
    made > ours ? 'DATABASE_NEWER' : 'DATA_DIRECTORY_UNUSABLE',
    `The database in ${database} was made by Postgres ${made}; this version carries Postgres ${ours}.`,
    { details: { made, ours } },
  )
}

async function removeLeftovers(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    if (name.startsWith('.cluster-')) {
      await rm(join(scratch, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    }
  }
}
