import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { type DataDirectoryPaths, dataDirectoryPathsOf, type HostUser } from './data-directory-paths.ts'
import { dataDirectoryUnusable, reasonOf } from './data-directory-unusable.ts'

/**
 * Makes the data directory with its modes, or rejects with `DATA_DIRECTORY_UNUSABLE` having made nothing.
 *
 * As root, the database and the machines run as other users, so every parent must let others through.
 */
export async function openDataDirectory(path: string, user: HostUser): Promise<DataDirectoryPaths> {
  const wanted = resolve(path)
  const parent = await deepestExisting(wanted)
  if (user.uid === 0) await requireTraversableParents(await parentsOf(parent, wanted))
  const passable = user.uid === 0 ? 0o711 : 0o700
  try {
    await mkdir(dirname(wanted), { recursive: true, mode: user.uid === 0 ? 0o755 : 0o700 })
    await ensureDirectory(wanted, passable, user.uid)
    const paths = dataDirectoryPathsOf(await realpath(wanted))
    await ensureDirectory(paths.machines, passable, user.uid)
    await ensureDirectory(paths.runtimes, user.uid === 0 ? 0o755 : 0o700, user.uid)
    await ensureDirectory(paths.postgres, passable, user.uid)
    return paths
  } catch (error) {
    throw error instanceof AgentMachinesError ? error : dataDirectoryUnusable(wanted, reasonOf(error), error)
  }
}

/** Makes `path` a folder of `uid` with exactly `mode`; never follows a link and never takes another's. */
export async function ensureDirectory(path: string, mode: number, uid: number): Promise<void> {
  await mkdir(path, { mode }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error
  })
  const found = await lstat(path)
  const target = found.isSymbolicLink() ? await stat(path) : found
  if (!target.isDirectory()) throw dataDirectoryUnusable(path, 'it is not a folder')
  if (target.uid !== uid)
    throw dataDirectoryUnusable(path, `it belongs to the user with id ${target.uid}, not ${uid}`)
  if ((target.mode & 0o7777) !== mode) await chmod(path, mode)
}

async function deepestExisting(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw dataDirectoryUnusable(path, reasonOf(error), error)
    return await deepestExisting(dirname(path))
  }
}

/** The folder whose way down must be open: links are followed, and `wanted` itself gets its mode later. */
async function parentsOf(existing: string, wanted: string): Promise<string> {
  const real = await realpath(existing)
  return existing === wanted ? dirname(real) : real
}

async function requireTraversableParents(path: string): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '')
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const parent = join('/', ...parts.slice(0, depth))
    const { mode } = await stat(parent)
    if ((mode & 0o001) !== 0) continue
    throw new AgentMachinesError(
      'DATA_DIRECTORY_UNUSABLE',
      `${parent} is closed to other users (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}), so the database and the machines could not reach their files below it.`,
      { details: { parent } },
    )
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
