import type { Logger } from 'pino'
import type { MachineLocks } from '../store/machine-locks.ts'
import type { MachinePatch, MachineRow, MachineStore } from '../store/machine-store.ts'
import { decideFailure, nextStep, type Step } from './next-step.ts'

/** Does one step; resolves when the row says so, rejects to be tried again or to fail the machine. */
export type StepRunner = (row: MachineRow, signal: AbortSignal) => Promise<MachinePatch>

export interface ReconcilerOptions {
  readonly machines: Pick<MachineStore, 'get' | 'update' | 'listForReconcile'>
  readonly locks: Pick<MachineLocks, 'tryMachineLock'>
  readonly steps: Readonly<Record<Step, StepRunner>>
  readonly log: Logger
}

/** One look at a machine, under way. */
interface Work {
  readonly controller: AbortController
  /** Null while it only looks. */
  step: Step | null
  /** Something changed meanwhile: look once more. */
  again: boolean
  done: Promise<void>
}

const sweepEveryMs = 3_000
const retryAfterMs = 1_000
/** Somebody holds the machine: a short look at it, or another instance at work. */
const lockedAgainMs = 100

/**
 * Brings every machine to its target, one step at a time, on whichever instance gets there first.
 *
 * The row is the only memory: an instance that dies leaves a row that the next sweep of any instance picks
 * up. A step is cut off when the machine shall be destroyed meanwhile.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #working = new Map<string, Work>()
  readonly #attempts = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #stopped = false

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  start(): void {
    const sweep = () => {
      this.#sweep().catch((error) => this.#options.log.warn({ err: error }, 'sweep failed'))
      this.#timer = setTimeout(sweep, sweepEveryMs)
    }
    sweep()
  }

  /** Ends within the time its steps need to notice; what they were doing goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    for (const { controller } of this.#working.values()) controller.abort()
    await Promise.allSettled([...this.#working.values()].map(({ done }) => done))
  }

  /** Looks at one machine now, or right after the present look; harmless at any time. */
  kick(machineId: string): void {
    if (this.#stopped) return
    const working = this.#working.get(machineId)
    if (working) {
      working.again = true
      if (working.step !== 'destroy') this.#interruptIfDoomed(machineId, working.controller)
      return
    }
    const entry: Work = {
      controller: new AbortController(),
      step: null,
      again: false,
      done: Promise.resolve(),
    }
    this.#working.set(machineId, entry)
    entry.done = this.#work(machineId, entry)
      .catch((error) => this.#options.log.error({ err: error, machineId }, 'reconcile failed'))
      .finally(() => {
        this.#working.delete(machineId)
        if (entry.again) this.kick(machineId)
      })
  }

  #interruptIfDoomed(machineId: string, controller: AbortController): void {
    this.#options.machines
      .get(machineId)
      .then((row) => row?.target === 'destroyed' && controller.abort())
      .catch((error) => this.#options.log.warn({ err: error, machineId }, 'could not read the machine'))
  }

  async #sweep(): Promise<void> {
    for (const row of await this.#options.machines.listForReconcile()) this.kick(row.id)
  }

  async #work(machineId: string, entry: Work): Promise<void> {
    const { signal } = entry.controller
    const { machines } = this.#options
    const now = await machines.get(machineId)
    if (!now || nextStep(now) === null) return
    const outcome = await this.#options.locks.tryMachineLock(machineId, async (lost) => {
      for (;;) {
        const row = await machines.get(machineId)
        const step = row ? nextStep(row) : null
        if (!row || !step || this.#stopped) return
        entry.step = step
        const interrupted = step === 'destroy' ? lost : AbortSignal.any([signal, lost])
        if (!(await this.#runStep(row, step, interrupted))) return
      }
    })
    if (!outcome.acquired) this.#kickSoon(machineId, lockedAgainMs)
  }

  #kickSoon(machineId: string, afterMs: number): void {
    if (!this.#stopped) setTimeout(() => this.kick(machineId), afterMs).unref()
  }

  async #runStep(row: MachineRow, step: Step, signal: AbortSignal): Promise<boolean> {
    const { machines, steps, log } = this.#options
    try {
      const patch = await steps[step](row, signal)
      this.#attempts.delete(row.id)
      const rowBefore = step === 'destroy' ? undefined : [row.state]
      await machines.update(row.id, patch, rowBefore)
      return true
    } catch (error) {
      if (signal.aborted) return false
      const attempt = (this.#attempts.get(row.id) ?? 0) + 1
      this.#attempts.set(row.id, attempt)
      log.warn({ err: error, machineId: row.id, step, attempt }, 'step failed')
      const patch = decideFailure(step, error, attempt)
      if (!patch) {
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
        return step !== 'destroy'
      }
      this.#attempts.delete(row.id)
      await machines.update(row.id, patch, [row.state])
      return true
    }
  }
}
