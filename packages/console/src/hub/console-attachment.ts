import { AgentMachinesError, type ConsoleTier, type EndReason } from '@agent-machines/core'
import type { DriverRequest } from '../protocol/driver-lines.ts'
import type { Hello, Message } from '../protocol/messages.ts'
import type { Interest } from '../tiers/wire.ts'
import type { ChangeSignal } from './change-signal.ts'
import { ConsoleChannel } from './console-channel.ts'
import type { ConsoleHubOptions } from './console-hub-options.ts'
import type { ConsoleState } from './console-state.ts'
import { endedError } from './ended-error.ts'
import { HelloQuestions } from './hello-questions.ts'
import { RoundTrip } from './round-trip.ts'

const readyMs = 15_000
/** The worker's loop says something every 10 s; by polling that is heard later. */
const silentMs: Readonly<Record<ConsoleTier, number>> = { attach: 25_000, stream: 25_000, poll: 60_000 }

export interface Ended {
  readonly reason: EndReason
  readonly retry: boolean
}

interface AttachmentHost {
  /** Who waits for the console's output, besides questions of the attachment's own. */
  wanted(): Interest
  /** Lines that say who is here, to go along with what is sent anyway. */
  presence(): readonly string[]
  /** Another log begins, or the same one goes on. */
  opened(): void
  ready(): void
  /** Whoever waits for an answer waits in vain. */
  failed(error: AgentMachinesError): void
}

/** The way to one console: whether it stands, why it does not, and whether that is for good. */
export class ConsoleAttachment {
  readonly roundTrip = new RoundTrip()
  readonly #options: ConsoleHubOptions
  readonly #state: ConsoleState
  readonly #changes: ChangeSignal
  readonly #host: AttachmentHost
  readonly #channel: ConsoleChannel
  readonly #questions: HelloQuestions
  #ready = false
  #ended: Ended | null = null
  #refusal: AgentMachinesError | null = null
  #trouble: AgentMachinesError | null = null
  #heardAt = 0
  /** How many wait until it stands. */
  #waiting = 0

  constructor(options: ConsoleHubOptions, state: ConsoleState, changes: ChangeSignal, host: AttachmentHost) {
    this.#options = options
    this.#state = state
    this.#changes = changes
    this.#host = host
    this.#channel = this.#makeChannel()
    this.#questions = new HelloQuestions({
      timers: options.timers,
      changes,
      randomId: options.randomId,
      isReady: () => this.#ready,
      ready: () => this.ready(),
      write: (lines) => this.#channel.write(lines),
      doubt: () => this.#revive('revive', options.session),
    })
  }

  /** Whether somebody waits for this console. */
  get isWanted(): boolean {
    return this.#wanted() !== 'none'
  }

  get isReady(): boolean {
    return this.#ready
  }

  get tier(): ConsoleTier {
    return this.#channel.tier
  }

  get ended(): Ended | null {
    return this.#ended
  }

  /** Why the console cannot be reached at the moment; it is tried again all the time. */
  get trouble(): AgentMachinesError | null {
    return this.#trouble
  }

  start(): void {
    this.#ended = this.#ended?.reason === 'asleep' ? null : this.#ended
    if (this.#ended === null) this.#channel.start()
  }

  /** Resolves when the attachment stands and the log is read to its end, or when `signal` aborts. */
  async ready(signal?: AbortSignal): Promise<void> {
    this.#waiting += 1
    try {
      // Also where it stands: by polling nothing is asked until somebody waits.
      this.start()
      await this.#untilReady(signal)
    } finally {
      this.#waiting -= 1
    }
  }

  async #untilReady(signal?: AbortSignal): Promise<void> {
    const { timers } = this.#options
    const deadline = timers.now() + readyMs
    while (!this.#ready) {
      if (this.#refusal !== null) throw this.#refusal
      if (this.#ended !== null) throw endedError(this.#ended.reason)
      if (signal?.aborted) return
      if (this.#trouble !== null) throw this.#trouble
      if (timers.now() >= deadline) {
        throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console could not be reached.')
      }
      await this.#changes.next(timers, deadline - timers.now(), signal)
    }
  }

  /** Hands lines to the worker; false when there is no way to it. */
  write(lines: readonly string[]): boolean {
    return this.#channel.write(lines)
  }

  /** Runs the console's program once and waits. */
  run(...words: readonly (string | number)[]): Promise<void> {
    return this.#channel.run(...words)
  }

  /** See `HelloQuestions.ask`. */
  ask(hash?: string, requests?: readonly DriverRequest[]): Promise<Hello> {
    return this.#questions.ask(hash, requests)
  }

  onMessage(message: Message): void {
    if (message.kind === 'hello') this.#questions.onAnswer(message)
    else if (message.kind === 'signals') this.#heardAt = this.#options.timers.now()
  }

  async close(ended: Ended): Promise<void> {
    this.#ended = ended
    this.#changes.notify()
    await this.#channel.stop()
  }

  /** When the worker's loop is not heard, it has ended and is started anew. */
  reviveLoop(): void {
    const now = this.#options.timers.now()
    if (this.tier === 'poll' && this.#wanted() === 'none') this.#heardAt = now
    if (!this.#ready || now - this.#heardAt < silentMs[this.tier]) return
    this.#heardAt = now
    const { cols, rows } = this.#state
    this.#revive('ensure', this.#options.session, cols, rows)
    // It may as well be the way to the console that is dead without having ended.
    void this.#channel.reopen()
  }

  #revive(...words: readonly (string | number)[]): void {
    this.run(...words).catch((error: unknown) =>
      this.#options.log?.('console was not revived', { error: String(error) }),
    )
  }

  #wanted(): Interest {
    return this.#waiting > 0 || this.#questions.areOpen ? 'live' : this.#host.wanted()
  }

  #makeChannel(): ConsoleChannel {
    const { exec, session, timers, log } = this.#options
    const state = this.#state
    return new ConsoleChannel(
      {
        exec,
        session,
        timers,
        log: log ?? (() => undefined),
        place: () => (state.log === '' ? null : { log: state.log, offset: state.window.end }),
        wanted: () => this.#wanted(),
        presence: () => (this.#ready ? this.#host.presence() : []),
      },
      {
        size: () => ({ cols: state.cols, rows: state.rows }),
        opened: (header) => {
          state.begin(header)
          this.#host.opened()
          this.#becomeReady()
        },
        received: (bytes) => {
          state.push(bytes)
          this.#changes.notify()
        },
        closed: () => {
          this.#ready = false
          this.#questions.forgetOnce()
          this.#changes.notify()
        },
        trouble: (error) => this.#onTrouble(error),
        gone: (error) => this.#onGone(error),
      },
    )
  }

  /** The worker's answer to a first question stands behind everything that was in the log. */
  #becomeReady(): void {
    const askedAt = this.#options.timers.now()
    this.#questions.askOnce(() => {
      this.roundTrip.restart(this.#options.timers.now() - askedAt)
      this.#ready = true
      this.#channel.stands()
      this.#heardAt = this.#options.timers.now()
      this.#host.ready()
      this.#changes.notify()
    })
  }

  #onTrouble(error: AgentMachinesError | null): void {
    if (error?.code === this.#trouble?.code && error?.message === this.#trouble?.message) return
    this.#trouble = error
    if (error !== null) this.#host.failed(error)
    this.#changes.notify()
  }

  #onGone(error: AgentMachinesError): void {
    this.#ready = false
    if (error.code === 'CAPABILITY_UNSUPPORTED') this.#refusal = error
    this.#ended = { reason: error.code === 'MACHINE_ASLEEP' ? 'asleep' : 'destroyed', retry: false }
    this.#host.failed(error)
    this.#changes.notify()
  }
}
