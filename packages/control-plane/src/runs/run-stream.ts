import type { Run } from '@agent-machines/core'
import type { RunStore } from '../store/run-store.ts'
import type { ServerEvent } from '../streams/server-event.ts'
import type { RunChanges } from './run-changes.ts'

/** An announcement can be missed while the connection to the database is away. */
const lookAgainMs = 5_000
const batch = 200

/** Tells what a run did from its beginning, then live, until its `end`; the id of an event is its number. */
export class RunStream {
  readonly #runs: Pick<RunStore, 'eventsAfter'>
  readonly #changes: RunChanges

  constructor(runs: Pick<RunStore, 'eventsAfter'>, changes: RunChanges) {
    this.#runs = runs
    this.#changes = changes
  }

  /** The run itself, then everything it does. */
  async *streamFrom(run: Run, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    yield { event: 'run', data: run }
    yield* this.stream(run.id, undefined, signal)
  }

  async *stream(
    runId: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ServerEvent> {
    let after = parseSeq(lastEventId)
    const change = new Change()
    const unsubscribe = this.#changes.subscribe(runId, () => change.happen())
    const stop = () => change.happen()
    signal.addEventListener('abort', stop)
    try {
      while (!signal.aborted) {
        change.forget()
        const events = await this.#runs.eventsAfter(runId, after, batch)
        for (const { event, data, seq, at, truncated } of events) {
          after = seq
          yield { event, id: String(seq), data: { ...data, at, ...(truncated ? { truncated } : {}) } }
          if (event === 'end') return
        }
        if (events.length < batch) await change.wait(lookAgainMs)
      }
    } finally {
      unsubscribe()
      signal.removeEventListener('abort', stop)
    }
  }
}

/** Something that may happen while nobody waits for it. */
class Change {
  #happened = false
  #wake = () => {}

  happen(): void {
    this.#happened = true
    this.#wake()
  }

  forget(): void {
    this.#happened = false
  }

  wait(atMostMs: number): Promise<void> {
    if (this.#happened) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atMostMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function parseSeq(id: string | undefined): number {
  return /^\d{1,9}$/.test(id ?? '') ? Number(id) : 0
}
