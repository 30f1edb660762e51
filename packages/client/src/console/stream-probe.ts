import type { ConsoleEvent } from '@agent-machines/core'
import type { Clock } from './clock.ts'

/** A stream says something within about a second of its beginning; on a way that works it is here by then. */
const heldAfterMs = 4000

/** Why a link ended whose events are kept back by something on the way. */
export class HeldBack extends Error {
  constructor() {
    super('Something on the way holds the event stream back.')
  }
}

/**
 * Notices that something between here and the server collects a stream before it passes it on.
 *
 * Two things give it away: the beginning of the stream does not come, or what a request was answered for does not
 * show up in the stream.
 */
export class StreamProbe {
  readonly #clock: Clock
  readonly #heldBack: () => void
  /** Events still to come until the stream has proved itself. */
  #missing = 1
  #acked = 0
  #cancel: (() => void) | null = null

  constructor(clock: Clock, heldBack: () => void) {
    this.#clock = clock
    this.#heldBack = heldBack
    this.#expect()
  }

  heard({ event, data }: ConsoleEvent): void {
    this.stop()
    if (event === 'started' && this.#missing === 1) this.#missing = data.resumed ? 1 : 2
    else if (this.#missing > 0) this.#missing -= 1
    if (event === 'ack') this.#acked = Math.max(this.#acked, data.acked)
    if (this.#missing > 0) this.#expect()
  }

  /** A request that began after the stream had proved itself was answered; the same stands in the stream. */
  answered(acked: number): void {
    if (this.hasProved && acked > this.#acked) this.#expect()
  }

  get hasProved(): boolean {
    return this.#missing === 0
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #expect(): void {
    this.#cancel ??= this.#clock.after(heldAfterMs, this.#heldBack)
  }
}
