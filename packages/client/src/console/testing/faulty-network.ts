import { AgentMachinesError, type ConsoleEvent } from '@agent-machines/core'
import type { ConsoleApi } from '../../api/console-api.ts'
import type { ModelConsole } from './model-console.ts'

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
  #streams: Stream[] = []
  readonly #aborts = new WeakMap<AbortSignal, Set<() => void>>()

  constructor(model: ModelConsole) {
    this.#model = model
  }

  get pending(): number {
    return this.#steps.length
  }

  readonly api: ConsoleApi = {
    open: (_, request) => this.#carry(() => this.#model.open(request)),
    input: (_, input, options) => this.#carry(() => this.#model.input(input), options?.signal, true),
    paste: (_, input, options) => this.#carry(() => this.#model.input(input), options?.signal, true),
    resize: (_, input, options) => this.#carry(() => this.#model.resize(input), options?.signal, true),
    takeOver: (_, { client }) => this.#carry(() => this.#model.takeOver(client)),
    stream: (_, __, options) => this.#carry(() => this.#openStream(), options?.signal),
    socketUrl: () => 'ws://model',
  }

  /** Lets one thing arrive, chosen by `draw` in [0, 1). */
  step(draw: number): void {
    const [step] = this.#steps.splice(Math.floor(draw * this.#steps.length), 1)
    step?.run()
  }

  emit(event: ConsoleEvent): void {
    for (const stream of this.#streams) stream.push(event)
  }

  cut(): void {
    for (const stream of this.#streams.splice(0)) stream.fail()
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

  #openStream(): AsyncGenerator<ConsoleEvent, void, undefined> {
    const stream = new Stream()
    this.#streams.push(stream)
    stream.push(this.#model.started())
    return stream.read()
  }

  #carry<T>(action: () => T, signal?: AbortSignal, repeatable = false): Promise<T> {
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

class Stream {
  #events: ConsoleEvent[] = []
  #failed = false
  #wake: () => void = () => {}

  push(event: ConsoleEvent): void {
    this.#events.push(event)
    this.#wake()
  }

  fail(): void {
    this.#failed = true
    this.#wake()
  }

  async *read(): AsyncGenerator<ConsoleEvent, void, undefined> {
    for (;;) {
      const event = this.#events.shift()
      if (event) yield event
      else if (this.#failed) throw new AgentMachinesError('CONTROL_PLANE_UNREACHABLE')
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}
