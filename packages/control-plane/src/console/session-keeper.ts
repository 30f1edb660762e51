import { workerProgram } from '@agent-machines/console'
import { type TryOnMachineOptions, tryOnMachine } from '../fleet/try-on-machine.ts'
import type { MachineRow } from '../store/machine-store.ts'

/**
 * Lets a machine keep what its consoles show over a sleep, and bring back what did not survive it.
 *
 * Where that fails the machine sleeps or wakes all the same: whoever opens a console that is not there starts it,
 * and is told what is in the way.
 */
export class SessionKeeper {
  readonly #options: TryOnMachineOptions

  constructor(options: TryOnMachineOptions) {
    this.#options = options
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

  #run(row: MachineRow, what: string, signal: AbortSignal): Promise<void> {
    return tryOnMachine(
      this.#options,
      row,
      `am-console ${what}`,
      `exec "$HOME"/${workerProgram} ${what}`,
      signal,
    )
  }
}
