import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from './local-errors.ts'

/** Gives the owner access to every folder below `path`, so that removing the tree cannot be refused. */
export async function makeRemovable(path: string): Promise<void> {
  if (process.getuid?.() === 0) return
  await ifPresent(chmod(path, 0o700))
  const entries = (await ifPresent(readdir(path, { withFileTypes: true }))) ?? []
  for (const entry of entries) {
    if (entry.isDirectory()) await makeRemovable(join(path, entry.name))
  }
}
