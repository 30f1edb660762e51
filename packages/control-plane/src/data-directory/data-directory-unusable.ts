import { AgentMachinesError } from '@agent-machines/core'

/** `DATA_DIRECTORY_UNUSABLE` that says which path and why. */
export function dataDirectoryUnusable(path: string, reason: string, cause?: unknown): AgentMachinesError {
  return new AgentMachinesError(
    'DATA_DIRECTORY_UNUSABLE',
    `The data directory cannot be used: ${path}: ${reason}.`,
    {
      cause,
      details: { path },
    },
  )
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  ENAMETOOLONG: 'the path is too long',
}

/** The system's error in words; its own message for those that have none here. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}
