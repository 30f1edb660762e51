import type { Logger } from 'pino'
import type { MachineStore } from '../store/machine-store.ts'

const everyMs = 60 * 60 * 1000

/** Deletes, once an hour, what nobody can see any more. */
export class Housekeeping {
  readonly #machines: Pick<MachineStore, 'removeExpired'>
  readonly #log: Logger
  #timer: NodeJS.Timeout | null = null

  constructor(machines: Pick<MachineStore, 'removeExpired'>, log: Logger) {
    this.#machines = machines
    this.#log = log
  }

  start(): void {
    const clean = () => {
      this.#machines.removeExpired().catch((error) => this.#log.warn({ err: error }, 'housekeeping failed'))
    }
    clean()
    this.#timer = setInterval(clean, everyMs).unref()
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }
}
