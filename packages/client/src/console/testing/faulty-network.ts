import { AgentMachinesError, type ConsoleEvent } from '@agent-machines/core'
import type { ConsoleApi } from '../../api/console-api.ts'
import type { ConsoleSocket } from '../socket-link.ts'
import { type ModelConsole, snapshotEvent } from './model-console.ts'
import { ModelSocket } from './model-socket.ts'
import { ModelStream } from './model-stream.ts'

interface Step {
  readonly run: () => void
}

/**
 * Carries requests and stream events between a connection and the model, in whatever order the test draws.
 *
 * A cut ends the streams; requests on their way may still arrive, twice even, while their answers are lost.
 */
export class FaultyNetwork {
  readonly #model: ModelConsole
  #steps: Step[] = []
  #streams: ModelStream[] = []
  #sockets: ModelSocket[] = []
  /** Everything the console said in this life; a cursor is a place in it. */
  #said: ConsoleEvent[] = []
  #lives = 0
  readonly #answered = new Map<string | undefined, number>()
  readonly #aborts = new WeakMap<AbortSignal, Set<() => void>>()
  /** Event streams opened from here on pass nothing on before there are this many events. */
  holdsBack = 0
  /** Event streams and sockets that were opened. */
  streamsOpened = 0
  /** Sockets are refused. */
  refusesSockets = false

  constructor(model: ModelConsole) {
    this.#model = model
  }

  get pending(): number {
    return this.#steps.length
  }

  readonly api: ConsoleApi = {
    open: (_, request, options) => this.#carry(() => this.#model.open(request), options?.signal),
    input: (_, input, options) => this.#carry(() => this.typed(input, 'input'), options?.signal, true),
    paste: (_, input, options) => this.#carry(() => this.typed(input, 'input'), options?.signal, true),
    resize: (_, input, options) => this.#carry(() => this.typed(input, 'resize'), options?.signal, true),
    takeOver: (_, { client, from }, options) =>
      this.#carry(() => this.#model.takeOver(client, from), options?.signal, true),
    stream: (_, query, options) => this.#carry(() => this.#openStream(query?.cursor).read(), options?.signal),
    poll: (_, query, options) => this.#poll(query?.cursor, query?.waitMs === 0, options?.signal),
    socketUrl: (_, query) => `ws://model/?cursor=${query?.cursor ?? ''}`,
  }

  readonly createSocket = (url: string): ConsoleSocket => {
    const cursor = new URL(url).searchParams.get('cursor') || undefined
    const socket = new ModelSocket({
      carry: (run) => this.#steps.push({ run }),
      open: () => (this.refusesSockets ? null : this.#openStream(cursor)),
      message: (message) => {
        if (message.type === 'resize') this.typed(message, 'resize')
        else if (message.type !== 'take-over') this.typed(message, 'input')
      },
    })
    this.#sockets.push(socket)
    return socket
  }

  /** Open event streams, too, pass nothing on before there are this many events. */
  holdFrom(atLeast: number): void {
    this.holdsBack = atLeast
    for (const stream of this.#streams) stream.atLeast = atLeast
  }

  /** Lets one thing arrive, chosen by `draw` in [0, 1). */
  step(draw: number): void {
    const [step] = this.#steps.splice(Math.floor(draw * this.#steps.length), 1)
    step?.run()
  }

  emit(event: ConsoleEvent): void {
    this.#said.push(event)
    for (const stream of this.#streams) stream.push(event)
  }

  /** Who drives stands in no log: only open streams hear of it. */
  tellDriver(): void {
    const event: ConsoleEvent = { event: 'driver', data: { driver: this.#model.driver, viewers: 1 } }
    for (const stream of this.#streams) stream.push(event)
  }

  /** The server asks for other connections. */
  endStreams(): void {
    for (const stream of this.#streams.splice(0)) {
      stream.push({ event: 'end', data: { reason: 'limit', retry: true } })
    }
  }

  /** Another program in another log: no cursor from before leads anywhere. */
  restart(): void {
    this.#model.restart()
    this.#said = []
    this.#answered.clear()
    this.#lives += 1
    for (const stream of this.#streams) stream.push(snapshotEvent(this.#placeId()))
  }

  cut(): void {
    for (const stream of this.#streams.splice(0)) stream.fail()
    for (const socket of this.#sockets.splice(0)) socket.fail()
  }

  /** What arrived at the worker; the first time it also stands in what the console says. */
  typed<T extends 'input' | 'resize'>(
    input: Parameters<ModelConsole[T]>[0],
    type: T,
  ): ReturnType<ModelConsole[T]>
  typed(input: never, type: 'input' | 'resize'): { acked: number } {
    const { client } = input as { client: string }
    const before = this.#model.acked.get(client) ?? 0
    const answer = this.#model[type](input)
    if (answer.acked > before) this.emit({ event: 'ack', data: { client, acked: answer.acked } })
    return answer
  }

  #openStream(cursor: string | undefined): ModelStream {
    const stream = new ModelStream(this.holdsBack)
    this.streamsOpened += 1
    this.#streams.push(stream)
    for (const event of this.#opening(cursor)) stream.push(event)
    stream.push({ event: 'idle', data: {} })
    return stream
  }

  #opening(cursor: string | undefined): ConsoleEvent[] {
    const place = this.#placeOf(cursor)
    const begin = this.#model.started(place !== null)
    return place === null ? [begin, snapshotEvent(this.#placeId())] : [begin, ...this.#said.slice(place)]
  }

  async #poll(
    cursor: string | undefined,
    first: boolean,
    signal: AbortSignal | undefined,
  ): Promise<{ events: ConsoleEvent[] }> {
    const place = this.#placeFor(cursor)
    if (first || place === null) return this.#carry(() => ({ events: this.#opening(cursor) }), signal)
    if (this.#said.length > place) return this.#carry(() => ({ events: this.#answer(cursor, place) }), signal)
    const waiting = new ModelStream(0)
    this.#streams.push(waiting)
    const lost = () => waiting.fail()
    signal?.addEventListener('abort', lost)
    const { value } = await waiting.read().next()
    signal?.removeEventListener('abort', lost)
    return this.#carry(() => ({ events: value ? [value] : [] }), signal)
  }

  #answer(cursor: string | undefined, place: number): ConsoleEvent[] {
    this.#answered.set(cursor, this.#said.length)
    return this.#said.slice(place)
  }

  /** As the server, which tells a reader that stays at a cursor what stands in no log only once. */
  #placeFor(cursor: string | undefined): number | null {
    let place = this.#placeOf(cursor)
    const told = this.#answered.get(cursor) ?? 0
    while (place !== null && place < told && !('id' in (this.#said[place] ?? {}))) place += 1
    return place
  }

  #placeId(): string {
    return `${this.#lives}/${this.#said.length}`
  }

  #placeOf(cursor: string | undefined): number | null {
    const index = this.#said.findLastIndex((event) => 'id' in event && event.id === cursor)
    if (index >= 0) return index + 1
    const [life, place] = (cursor ?? '').split('/')
    return life === String(this.#lives) && place !== undefined ? Number(place) : null
  }

  /** What an abort of `signal` rejects; one listener for all of it. */
  #waitingFor(signal: AbortSignal | undefined): Set<() => void> {
    const known = signal && this.#aborts.get(signal)
    if (known) return known
    const waiting = new Set<() => void>()
    if (signal) this.#aborts.set(signal, waiting)
    signal?.addEventListener('abort', () => {
      for (const lost of waiting) lost()
    })
    return waiting
  }

  #carry<T>(action: () => T, signal?: AbortSignal, repeatable = false): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const lost = () => reject(signal?.reason ?? new AgentMachinesError('CONTROL_PLANE_UNREACHABLE'))
      const waiting = this.#waitingFor(signal)
      waiting.add(lost)
      const settled = (settle: () => void) => () => {
        waiting.delete(lost)
        settle()
      }
      const run = (answer: boolean) => {
        try {
          const result = action()
          if (answer) this.#steps.push({ run: settled(() => resolve(result)) })
        } catch (error) {
          if (answer) this.#steps.push({ run: settled(() => reject(error)) })
        }
      }
      this.#steps.push({ run: () => run(true) })
      if (repeatable) this.#steps.push({ run: () => run(false) })
    })
  }
}
