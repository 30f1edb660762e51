import { restartGateway, startGateway } from '@agent-machines/runtimes'
import type { Logger } from 'pino'
import type { MachineAccess } from '../fleet/machine-access.ts'
import type { MachineRow } from '../store/machine-store.ts'

/**
 * Starts the chat gateway of a machine that shall have one, where its bootstrap does not.
 *
 * Where that fails the machine goes on without it: the next message starts it, and says what is in the way.
 */
export class GatewayKeeper {
  readonly #access: Pick<MachineAccess, 'execFor'>
  readonly #log: Logger

  constructor(access: Pick<MachineAccess, 'execFor'>, log: Logger) {
    this.#access = access
    this.#log = log
  }

  /** It ended when the machine lost its processes. */
  afterWake(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, startGateway, signal)
  }

  /** It takes in what the machine's person changed. */
  afterReload(row: MachineRow, signal: AbortSignal): Promise<void> {
    return this.#run(row, restartGateway, signal)
  }

  async #run(row: MachineRow, script: string, signal: AbortSignal): Promise<void> {
    if (!row.gateway) return
    const failed = (details: object) =>
      this.#log.warn({ ...details, machineId: row.id }, 'the chat gateway was not started')
    try {
      const { exitCode, stderr } = await this.#access.execFor(row).exec({ script, timeoutMs: 30_000, signal })
      if (exitCode !== 0) failed({ exitCode, said: new TextDecoder().decode(stderr).trim().slice(-500) })
    } catch (error) {
      if (signal.aborted) throw error
      failed({ err: error })
    }
  }
}
