import type { Logger } from 'pino'
import type { MachineRow } from '../store/machine-store.ts'
import type { MachineAccess } from './machine-access.ts'

export interface TryOnMachineOptions {
  readonly access: Pick<MachineAccess, 'execFor'>
  readonly log: Logger
}

const withinMs = 30_000

/** Runs a command that a machine can go on without: what fails is a warning that says `what` it was for. */
export async function tryOnMachine(
  { access, log }: TryOnMachineOptions,
  row: MachineRow,
  what: string,
  script: string,
  signal: AbortSignal,
): Promise<void> {
  const failed = (details: object) => log.warn({ ...details, machineId: row.id }, `${what} failed`)
  try {
    const { exitCode, stderr } = await access.execFor(row).exec({ script, timeoutMs: withinMs, signal })
    if (exitCode !== 0) failed({ exitCode, said: new TextDecoder().decode(stderr).trim().slice(-500) })
  } catch (error) {
    if (signal.aborted) throw error
    failed({ err: error })
  }
}
