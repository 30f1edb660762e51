import { chmod, chown, cp, lstat, mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { dataDirectoryUnusable, reasonOf } from '../../data-directory/data-directory-unusable.ts'
import type { PostgresPackage } from './postgres-package.ts'

export interface BinariesOptions {
  /** Folder that holds one folder of binaries per version. */
  readonly folder: string
  /** Group that may read them besides the owner; none but the owner without it. */
  readonly gid?: number | undefined
  readonly newId: () => string
}

/**
 * Copies the binaries of the package once and gives the folder of the copy.
 *
 * The server keeps loading libraries while it runs, so it must not depend on a `node_modules` that the
 * next install empties, or that its own user cannot reach.
 */
export async function copyPostgresBinaries(
  source: PostgresPackage,
  options: BinariesOptions,
): Promise<string> {
  const target = join(options.folder, source.version)
  if (await exists(target)) return target
  await removeLeftovers(options.folder)
  const partial = join(options.folder, `.partial-${options.newId()}`)
  try {
    await cp(source.native, partial, { recursive: true, filter: isNeeded, verbatimSymlinks: true })
    await makeLinks(partial, source.links)
    await restrict(partial, options.gid)
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (!(await exists(target))) throw dataDirectoryUnusable(options.folder, reasonOf(error), error)
  }
  return target
}

function isNeeded(path: string): boolean {
  const name = basename(path)
  return !name.endsWith('.a') && name !== 'pgxs' && name !== 'pkgconfig' && name !== 'doc'
}

/** npm packages hold no links; an install script may have made them or not. */
async function makeLinks(root: string, links: PostgresPackage['links']): Promise<void> {
  for (const { path, to } of links) {
    const link = join(root, path)
    await rm(link, { force: true })
    await mkdir(dirname(link), { recursive: true })
    await symlink(relative(dirname(link), join(root, to)), link)
  }
}

async function restrict(path: string, gid: number | undefined): Promise<void> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return
  const runnable = found.isDirectory() || (found.mode & 0o100) !== 0
  await chmod(path, gid === undefined ? (runnable ? 0o700 : 0o600) : runnable ? 0o750 : 0o640)
  if (gid !== undefined) await chown(path, found.uid, gid)
  if (!found.isDirectory()) return
  for (const name of await readdir(path)) await restrict(join(path, name), gid)
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.partial-'))
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
