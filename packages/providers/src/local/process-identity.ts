import type { SandboxIdentity } from './machine-record.ts'
import { readLink, readSmallFile } from './small-files.ts'

export interface ProcessStat {
  /** One letter, `Z` for a zombie. */
  readonly state: string
  readonly parentPid: number
  readonly groupId: number
  /** Clock ticks since boot, as text: it is only compared. */
  readonly startTime: string
}

/** Reads `/proc/<pid>/stat`; the command name may hold spaces and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    startTime: fields[19] ?? '',
  }
}

/** Undefined when there is no such process or it only waits to be reaped. */
export function liveStatOf(pid: number): ProcessStat | undefined {
  const text = readSmallFile(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const stat = parseProcessStat(text)
  return stat.state === 'Z' || stat.state === 'X' ? undefined : stat
}

export function readBootId(): string {
  return readSmallFile('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

/** Undefined when the process is gone. */
export function identifySandbox(initPid: number): SandboxIdentity | undefined {
  const stat = liveStatOf(initPid)
  const pidNamespace = readLink(`/proc/${initPid}/ns/pid`)
  if (stat === undefined || pidNamespace === undefined) return undefined
  return { bootId: readBootId(), initPid, initStartTime: stat.startTime, pidNamespace }
}

/** Whether exactly this sandbox still runs. */
export function isSandboxAlive(identity: SandboxIdentity): boolean {
  const current = identifySandbox(identity.initPid)
  return (
    current !== undefined &&
    current.bootId === identity.bootId &&
    current.initStartTime === identity.initStartTime &&
    current.pidNamespace === identity.pidNamespace
  )
}
