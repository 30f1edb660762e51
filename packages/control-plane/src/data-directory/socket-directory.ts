import { rmdir } from 'node:fs/promises'
import { AgentMachinesError, isAgentMachinesError } from '@agent-machines/core'
import { type HostUser, type PathEnvironment, socketDirectoriesOf } from './data-directory-paths.ts'
import { ensureDirectory } from './open-data-directory.ts'

/**
 * Makes the folder for the sockets of the data directory at `root` and gives its path.
 *
 * It is ours alone: a folder of that name that belongs to somebody else is never used.
 */
export async function openSocketDirectory(
  root: string,
  environment: PathEnvironment,
  user: Pick<HostUser, 'uid'>,
): Promise<string> {
  let refusal: unknown
  for (const directory of socketDirectoriesOf(root, environment, user)) {
    try {
      await ensureDirectory(directory, user.uid === 0 ? 0o711 : 0o700, user.uid)
      return directory
    } catch (error) {
      refusal = error
    }
  }
  if (isAgentMachinesError(refusal)) throw refusal
  throw new AgentMachinesError('DATA_DIRECTORY_UNUSABLE', 'There is no folder to put sockets into.', {
    cause: refusal,
  })
}

/** Removes the folder unless something is still in it. */
export async function closeSocketDirectory(path: string): Promise<void> {
  await rmdir(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
  })
}
