import { AgentMachinesError, isAgentMachinesError } from '@agent-machines/core'

/** The errno name of a system error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function isDiskFull(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOSPC' || errno === 'EDQUOT'
}

const quotaCodes = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])

/** Our error for a failure of the operating system while doing `what`; our own errors pass unchanged. */
export function toLocalError(error: unknown, what: string): AgentMachinesError {
  if (isAgentMachinesError(error)) return error
  const errno = errnoOf(error)
  const suffix = errno === undefined ? '' : ` (${errno})`
  if (errno !== undefined && quotaCodes.has(errno)) {
    return new AgentMachinesError('SUBSTRATE_QUOTA', `No room on this computer to ${what}${suffix}.`, {
      cause: error,
    })
  }
  return new AgentMachinesError('SUBSTRATE_FATAL', `Could not ${what}${suffix}.`, { cause: error })
}

export function machineGone(machineId: string): AgentMachinesError {
  return new AgentMachinesError('SUBSTRATE_NOT_FOUND', `Machine ${machineId} is not on this computer.`, {
    details: { id: machineId },
  })
}

export function machineAsleep(machineId: string): AgentMachinesError {
  return new AgentMachinesError('MACHINE_ASLEEP', `Machine ${machineId} is asleep.`, {
    details: { id: machineId },
  })
}

/** Resolves to undefined where the awaited file or process does not exist; other failures pass. */
export async function ifPresent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

/** As `ifPresent`, at once. */
export function ifPresentNow<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    return undefinedIfAbsent(error)
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  const errno = errnoOf(error)
  if (errno !== 'ENOENT' && errno !== 'ESRCH' && errno !== 'ENOTDIR') throw error
  return undefined
}
