import { restartGateway, startGateway } from '@agent-machines/runtimes'
import { type TryOnMachineOptions, tryOnMachine } from '../fleet/try-on-machine.ts'
import type { MachineRow } from '../store/machine-store.ts'

/**
 * Starts the chat gateway of a machine that shall have one, where its bootstrap does not.
 *
 * Where that fails the machine goes on without it: the next message starts it, and says what is in the way.
 */
export class GatewayKeeper {
  readonly #options: TryOnMachineOptions

  constructor(options: TryOnMachineOptions) {
    this.#options = options
  }

  /** It ended when the machine lost its processes. */
  afterWake(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, 'starting the chat gateway', startGateway, signal)
  }

  /** It takes in what the machine's person changed. */
  afterReload(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, 'starting the chat gateway anew', restartGateway, signal)
  }

  async #run(row: MachineRow, what: string, script: string, signal: AbortSignal): Promise<void> {
    if (row.gateway) await tryOnMachine(this.#options, row, what, script, signal)
  }
}
