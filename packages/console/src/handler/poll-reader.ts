import type { ConsoleEvent } from '@agent-machines/core'
import type { Timers } from '../hub/timers.ts'
import type { StreamRequest } from '../hub/view-console.ts'

/** A stream of one machine's session; without a session the default one. */
export interface SessionStreamRequest extends StreamRequest {
  readonly machineId: string
  readonly session?: string | undefined
}

export interface PollRequest extends SessionStreamRequest {
  /** Answered with `idle` when nothing came for so long. */
  readonly waitMs: number
}

/** An answer is sent once it holds so much; the rest comes with the next one. */
const answerBytes = 256 * 1024
/** How long the first screen may take, however short the caller wants to wait. */
const screenMs = 5000
/** How long an answer waits for more when all it has is what the reader mostly knows already. */
const knownMs = 1000

/** A stream that says nothing for so long will not begin. */
const longestWaitMs = 30_000

type Outcome =
  | { readonly kind: 'event'; readonly event: ConsoleEvent }
  | { readonly kind: 'over' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** One reader that asks again and again; between its questions the stream waits where the last answer ended. */
export class PollReader {
  readonly request: PollRequest
  readonly #timers: Timers
  readonly #events: AsyncIterator<ConsoleEvent>
  readonly #controller: AbortController
  #cursor: string | undefined
  #answered = false
  #busy = false
  #reading = false
  #outcome: Outcome | null = null
  #wake: () => void = () => {}

  constructor(
    request: PollRequest,
    timers: Timers,
    open: (request: SessionStreamRequest) => AsyncIterable<ConsoleEvent>,
  ) {
    this.request = request
    this.#timers = timers
    this.#cursor = request.cursor
    this.#controller = new AbortController()
    this.#events = open({ ...request, signal: this.#controller.signal })[Symbol.asyncIterator]()
  }

  /** Whether a client of this name reads here; without a name nobody can be told apart. */
  isOf({ machineId, session, client }: PollRequest): boolean {
    const own = this.request
    return (
      client !== undefined && own.machineId === machineId && own.session === session && own.client === client
    )
  }

  /** Whether it goes on exactly where whoever asks is. */
  continues({ machineId, session, client, cursor }: PollRequest): boolean {
    const own = this.request
    const isSame = own.machineId === machineId && own.session === session && own.client === client
    const isThere = cursor !== undefined && cursor === this.#cursor
    return isSame && isThere && this.#answered && !this.#busy && !this.isOver
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted || this.#outcome?.kind === 'over'
  }

  /** What came by now, or the first that comes in time; rejects with what ended the stream. */
  async collect(waitMs: number, signal: AbortSignal): Promise<ConsoleEvent[]> {
    this.#busy = true
    const events: ConsoleEvent[] = []
    let size = 0
    let until = this.#timers.now() + (this.#cursor === undefined ? Math.max(waitMs, screenMs) : waitMs)
    while (size < answerBytes && !signal.aborted) {
      const isOpening = !this.#answered && events.length === 0
      const event = await this.#next(isOpening ? Number.POSITIVE_INFINITY : until, signal)
      if (event === null) break
      if (event.event === 'idle') continue
      events.push(event)
      if ('id' in event) this.#cursor = event.id
      size += sizeOf(event)
      if (this.#isWaitedFor(event)) until = 0
      else if (this.#cursor !== undefined) until = Math.min(until, this.#timers.now() + knownMs)
    }
    this.#answered = true
    this.#busy = false
    return events.length > 0 ? events : [{ event: 'idle', data: {} }]
  }

  /** Leaves the console. */
  async dispose(): Promise<void> {
    this.#controller.abort()
    this.#wake()
    await this.#events.return?.()
  }

  /** What a stream says of the console's state when it begins is news only where the reader was here before. */
  #isWaitedFor(event: ConsoleEvent): boolean {
    return this.#answered || !['started', 'driver', 'agent'].includes(event.event)
  }

  async #next(until: number, signal: AbortSignal): Promise<ConsoleEvent | null> {
    this.#read()
    if (this.#outcome === null) await this.#change(until, signal)
    const outcome = this.#outcome as Outcome | null
    if (outcome?.kind === 'failed') throw outcome.error
    if (outcome?.kind !== 'event') return null
    this.#outcome = null
    return outcome.event
  }

  #read(): void {
    if (this.#reading || this.#outcome !== null) return
    this.#reading = true
    const arrived = (outcome: Outcome) => {
      this.#reading = false
      this.#outcome = outcome
      this.#wake()
    }
    this.#events.next().then(
      ({ done, value }) => arrived(done ? { kind: 'over' } : { kind: 'event', event: value }),
      (error: unknown) => arrived({ kind: 'failed', error }),
    )
  }

  /** Resolves when something arrived, at `until`, or when the request is gone; a past time looks at what is there. */
  async #change(until: number, signal: AbortSignal): Promise<void> {
    const leftMs = Math.min(until - this.#timers.now(), longestWaitMs)
    if (leftMs <= 0) return new Promise((resolve) => this.#timers.after(0, resolve))
    await new Promise<void>((resolve) => {
      const done = () => {
        stop()
        signal.removeEventListener('abort', done)
        this.#wake = () => {}
        resolve()
      }
      const stop = this.#timers.after(leftMs, done)
      this.#wake = done
      signal.addEventListener('abort', done)
    })
  }
}

function sizeOf({ data }: ConsoleEvent): number {
  return 'data' in data && typeof data.data === 'string' ? data.data.length : 100
}
