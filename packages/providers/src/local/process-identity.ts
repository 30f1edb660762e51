import { readFile, readlink } from 'node:fs/promises'
import { ifPresent } from './local-errors.ts'
import type { SandboxIdentity } from './machine-record.ts'

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

/** Resolves to undefined when there is no such process or it only waits to be reaped. */
export async function statOfProcess(pid: number): Promise<ProcessStat | undefined> {
  const text = await ifPresent(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (text === undefined) return undefined
  const stat = parseProcessStat(text)
  return stat.state === 'Z' || stat.state === 'X' ? undefined : stat
}

export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

/** Resolves to undefined when the process is gone. */
export async function identifySandbox(initPid: number): Promise<SandboxIdentity | undefined> {
  const [stat, pidNamespace, bootId] = await Promise.all([
    statOfProcess(initPid),
    ifPresent(readlink(`/proc/${initPid}/ns/pid`)),
    readBootId(),
  ])
  if (stat === undefined || pidNamespace === undefined) return undefined
  return { bootId, initPid, initStartTime: stat.startTime, pidNamespace }
}

/** Whether exactly this sandbox still runs. */
export async function isSandboxAlive(identity: SandboxIdentity): Promise<boolean> {
  const current = await identifySandbox(identity.initPid)
  return (
    current !== undefined &&
    current.bootId === identity.bootId &&
    current.initStartTime === identity.initStartTime &&
    current.pidNamespace === identity.pidNamespace
  )
}
