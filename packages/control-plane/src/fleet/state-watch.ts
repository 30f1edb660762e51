import type { MachineState } from '@agent-machines/core'
import type { Logger } from 'pino'
import type { MachineLocks } from '../store/machine-locks.ts'
import type { MachineStore } from '../store/machine-store.ts'
import { type MachineAccess, refOf } from './machine-access.ts'
import { decideObserved } from './next-step.ts'

export interface StateWatchOptions {
  readonly machines: Pick<MachineStore, 'get' | 'update' | 'listInStates'>
  readonly access: Pick<MachineAccess, 'providerOf'>
  readonly locks: Pick<MachineLocks, 'tryMachineLock'>
  readonly log: Logger
}

const settled: readonly MachineState[] = ['ready', 'asleep', 'unknown']
const everyMs = 5_000

/** Asks each substrate what became of the machines that nobody works on, so that a state is at most seconds old. */
export class StateWatch {
  readonly #options: StateWatchOptions
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> = Promise.resolve()

  constructor(options: StateWatchOptions) {
    this.#options = options
  }

  start(): void {
    const look = () => {
      this.#round = this.#lookAtAll()
        .catch((error) => this.#options.log.warn({ err: error }, 'state watch failed'))
        .finally(() => {
          if (this.#timer) this.#timer = setTimeout(look, everyMs)
        })
    }
    this.#timer = setTimeout(look, 0)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#round
  }

  /** Looks at one machine now; skipped while a step works on it. */
  async look(machineId: string): Promise<void> {
    const { machines, access, locks } = this.#options
    await locks.tryMachineLock(machineId, async () => {
      const row = await machines.get(machineId)
      if (!row || !settled.includes(row.state) || row.target === 'destroyed') return
      const observed = await access.providerOf(row).state(refOf(row))
      const patch = decideObserved(row, observed)
      if (patch) await machines.update(row.id, patch, [row.state])
    })
  }

  async #lookAtAll(): Promise<void> {
    const rows = await this.#options.machines.listInStates(settled)
    const outcomes = await Promise.allSettled(rows.map((row) => this.look(row.id)))
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        this.#options.log.warn({ err: outcome.reason }, 'could not read a state')
    }
  }
}
