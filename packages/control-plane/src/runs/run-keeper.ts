import type { Logger } from 'pino'
import type { MachineLocks } from '../store/machine-locks.ts'
import type { RunRow, RunStore } from '../store/run-store.ts'
import type { RunFollower } from './run-follower.ts'

export interface RunKeeperOptions {
  readonly runs: Pick<RunStore, 'get' | 'listActive'>
  /** Held by the id of a run, so that one instance follows it. */
  readonly locks: Pick<MachineLocks, 'tryMachineLock'>
  readonly follower: Pick<RunFollower, 'follow' | 'cancel'>
  readonly log: Logger
}

const sweepEveryMs = 3_000

/**
 * Follows every run that is not over, on whichever instance gets there first.
 *
 * The row is the only memory: what an instance that dies was following, the next sweep of any instance picks up.
 */
export class RunKeeper {
  readonly #options: RunKeeperOptions
  readonly #working = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null

  constructor(options: RunKeeperOptions) {
    this.#options = options
  }

  start(): void {
    const sweep = () => {
      this.#sweep().catch((error) => this.#options.log.warn({ err: error }, 'could not list runs'))
      this.#timer = setTimeout(sweep, sweepEveryMs)
    }
    sweep()
  }

  /** The runs go on. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#stopping.abort()
    await Promise.all(this.#working.values())
  }

  /** Makes it look at the run now. */
  kick(runId: string): void {
    if (this.#stopping.signal.aborted || this.#working.has(runId)) return
    const done = this.#follow(runId)
      .catch((error) => this.#note(error, runId))
      .finally(() => this.#working.delete(runId))
    this.#working.set(runId, done)
  }

  /** Ends the run's processes; what fails now is tried again with the next sweep. */
  async cancel(run: RunRow): Promise<void> {
    await this.#options.follower.cancel(run).catch((error) => this.#note(error, run.id))
    this.kick(run.id)
  }

  async #sweep(): Promise<void> {
    for (const run of await this.#options.runs.listActive()) {
      this.kick(run.id)
      if (run.cancelRequestedAt !== null && run.state === 'running') void this.cancel(run)
    }
  }

  async #follow(runId: string): Promise<void> {
    const { runs, locks, follower } = this.#options
    await locks.tryMachineLock(runId, async (lost) => {
      const run = await runs.get(runId)
      if (!run || run.endedAt !== null) return
      await follower.follow(run, AbortSignal.any([this.#stopping.signal, lost]))
    })
  }

  #note(error: unknown, runId: string): void {
    if (!this.#stopping.signal.aborted) this.#options.log.debug({ err: error, runId }, 'a run did not tell')
  }
}
