import { workerProgram } from '@agent-machines/console'
import type { Logger } from 'pino'
import type { MachineAccess } from '../fleet/machine-access.ts'
import type { MachineRow } from '../store/machine-store.ts'

/**
 * Lets a machine keep what its consoles show over a sleep, and bring back what did not survive it.
 *
 * Where that fails the machine sleeps or wakes all the same: whoever opens a console that is not there starts it,
 * and is told what is in the way.
 */
export class SessionKeeper {
  readonly #access: Pick<MachineAccess, 'execFor'>
  readonly #log: Logger

  constructor(access: Pick<MachineAccess, 'execFor'>, log: Logger) {
    this.#access = access
    this.#log = log
  }

  /** Saves the text of every session. */
  beforeSleep(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, 'before-sleep', signal)
  }

  /** Rebuilds every session that was lost, with the agent that ran in it, and notes the sleep in the others. */
  afterWake(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, 'after-wake', signal)
  }

  /** Starts an agent that runs anew, in its conversation. */
  afterReload(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, 'agent reload agent', signal)
  }

  async #run(row: MachineRow, what: string, signal: AbortSignal): Promise<void> {
    const failed = (details: object) =>
      this.#log.warn({ ...details, machineId: row.id, what }, 'consoles failed')
    const script = `exec "$HOME"/${workerProgram} ${what}`
    try {
      const exec = this.#access.execFor(row)
      const { exitCode, stderr } = await exec.exec({ script, timeoutMs: 30_000, signal })
      if (exitCode !== 0) failed({ exitCode, said: new TextDecoder().decode(stderr).trim().slice(-500) })
    } catch (error) {
      if (signal.aborted) throw error
      failed({ err: error })
    }
  }
}
