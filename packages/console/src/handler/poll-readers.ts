import type { ConsoleEvent } from '@agent-machines/core'
import type { Timers } from '../hub/timers.ts'
import { PollReader, type PollRequest, type SessionStreamRequest } from './poll-reader.ts'

/** How long somebody who asked counts as present. */
const lingerMs = 15_000

/**
 * Consoles read by questions instead of a stream.
 *
 * Any instance answers any question from its cursor. The one that answered the last question keeps the reader's
 * stream open a while, so that the reader stays present and is told what stands in no log: who drives, how the agent is.
 */
export class PollReaders {
  readonly #timers: Timers
  readonly #open: (request: SessionStreamRequest) => AsyncIterable<ConsoleEvent>
  /** With what stops the forgetting. */
  readonly #readers = new Map<PollReader, () => void>()

  constructor(timers: Timers, open: (request: SessionStreamRequest) => AsyncIterable<ConsoleEvent>) {
    this.#timers = timers
    this.#open = open
  }

  async poll(request: PollRequest): Promise<ConsoleEvent[]> {
    const reader = this.#readerFor(request)
    this.#readers.get(reader)?.()
    this.#readers.set(reader, () => undefined)
    try {
      const events = await reader.collect(request.waitMs, request.signal)
      if (reader.isOver) this.#forget(reader)
      else if (this.#readers.has(reader)) {
        this.#readers.set(
          reader,
          this.#timers.after(lingerMs, () => this.#forget(reader)),
        )
      }
      return events
    } catch (error) {
      this.#forget(reader)
      throw error
    }
  }

  /**
   * The reader that waits where the question goes on, or a new one in place of what the asker had before. Who does
   * not want to wait begins: it gets `started` also where a reader waits from before its connection broke.
   */
  #readerFor(request: PollRequest): PollReader {
    const all = [...this.#readers.keys()]
    const waiting = request.waitMs > 0 && all.find((reader) => reader.continues(request))
    if (waiting) return waiting
    for (const reader of all) if (reader.isOf(request)) this.#forget(reader)
    return new PollReader(request, this.#timers, this.#open)
  }

  #forget(reader: PollReader): void {
    this.#readers.get(reader)?.()
    this.#readers.delete(reader)
    reader.dispose().catch(() => {
      // What failed has been told to whoever asked, or nobody asks any more.
    })
  }
}
