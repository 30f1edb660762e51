import { AgentMachinesError, type ConsoleOpened, isAgentMachinesError } from '@agent-machines/core'
import { backOffMs } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { ConsoleConnectionOptions } from './connection-options.ts'
import type { ConsoleState } from './console-events.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { isPassing } from './protocol.ts'
import { openRequestLink } from './request-link.ts'
import { openSocketLink } from './socket-link.ts'
import { TransportChoice } from './transport-choice.ts'
import { Watchdog } from './watchdog.ts'

const stableMs = 5000

/** Whose links are kept. */
export interface LinkOwner extends Omit<LinkListener, 'closed'> {
  /** Opens the console; what comes out before `adopt` of a try that was given up is dropped. */
  open(signal: AbortSignal): Promise<ConsoleOpened>
  /** Takes over what `open` said and names what to link to. */
  adopt(opened: ConsoleOpened): LinkTarget
  oldestSentAt(): number | null
  entered(state: ConsoleState): void
  problem(error: AgentMachinesError): void
  /** Waiting can't help. */
  failed(error: AgentMachinesError): void
  linkDropped(): void
}

type Options = Pick<ConsoleConnectionOptions, 'api' | 'createSocket' | 'proof' | 'connectivity'>

/** Keeps one link to a console standing: opens, watches, falls back, waits and tries again. */
export class LinkKeeper {
  readonly #options: Options
  readonly #clock: Clock
  readonly #random: () => number
  readonly #owner: LinkOwner
  readonly #choice: TransportChoice
  readonly #watchdog: Watchdog
  #link: ConsoleLink | null = null
  #stoodAt: number | null = null
  #attempt = 0
  /** Distinguishes the present try from those given up. */
  #generation = 0
  #opening: AbortController | null = null
  #cancelRetry: () => void = () => {}
  #unsubscribe: () => void = () => {}
  #ended = false

  constructor(options: Options, clock: Clock, random: () => number, owner: LinkOwner) {
    this.#options = options
    this.#clock = clock
    this.#random = random
    this.#owner = owner
    this.#choice = new TransportChoice(options.createSocket !== undefined)
    this.#watchdog = new Watchdog(clock, {
      oldestSentAt: () => owner.oldestSentAt(),
      stalled: (why) => this.#broke(new AgentMachinesError('CONTROL_PLANE_UNREACHABLE', why)),
      wokeUp: () => this.reconnect(),
    })
  }

  get link(): ConsoleLink | null {
    return this.#link
  }

  start(): void {
    this.#unsubscribe = this.#options.connectivity?.subscribe(() => this.#networkChanged()) ?? (() => {})
    this.#watchdog.start()
    this.#owner.entered({ state: 'connecting' })
    void this.#connect()
  }

  /** Tries now, also after `stop`. */
  reconnect(): void {
    this.#ended = false
    this.#attempt = 0
    this.#watchdog.start()
    this.#owner.entered({ state: 'reconnecting', inMs: 0, attempt: 0 })
    void this.#connect()
  }

  stop(): void {
    this.#ended = true
    this.#drop()
    this.#watchdog.stop()
  }

  /** As `stop`, for good. */
  dispose(): void {
    this.#unsubscribe()
    this.stop()
  }

  /** The stream has begun. */
  stands(): void {
    this.#stoodAt = this.#clock.now()
    this.#watchdog.linkStands()
    this.#owner.entered({ state: 'live', transport: this.#link?.kind ?? 'sse' })
  }

  /** The server asked for another connection. */
  renew(): void {
    this.#broke(null)
  }

  async #connect(): Promise<void> {
    this.#drop()
    if (this.#options.connectivity?.isOnline() === false) {
      this.#owner.entered({ state: 'offline' })
      return
    }
    const generation = this.#generation
    const opening = new AbortController()
    this.#opening = opening
    this.#watchdog.waitForLink()
    try {
      const opened = await this.#owner.open(opening.signal)
      if (generation !== this.#generation) return
      const target = this.#owner.adopt(opened)
      if (generation !== this.#generation) return
      this.#link = this.#openLink(opened, target, this.#listenerOf(generation))
    } catch (error) {
      if (generation === this.#generation) this.#broke(error)
    }
  }

  #openLink(opened: ConsoleOpened, target: LinkTarget, listener: LinkListener): ConsoleLink {
    const { api, createSocket, proof } = this.#options
    const socketServed = opened.transports.includes('ws')
    return createSocket && socketServed && this.#choice.choose(this.#clock.now()) === 'ws'
      ? openSocketLink(api, createSocket, proof?.() ?? null, target, listener)
      : openRequestLink(api, target, listener)
  }

  #listenerOf(generation: number): LinkListener {
    const current = (action: () => void) => {
      if (generation !== this.#generation) return
      this.#watchdog.heard()
      action()
    }
    return {
      event: (event) => current(() => this.#owner.event(event)),
      acked: (acked) => current(() => this.#owner.acked(acked)),
      refused: (error, seq) => current(() => this.#owner.refused(error, seq)),
      closed: (cause) => current(() => this.#broke(cause)),
    }
  }

  /** The link is gone, or never stood: tries again after a pause, unless waiting can't help. */
  #broke(cause: unknown): void {
    const now = this.#clock.now()
    const livedMs = this.#stoodAt === null ? 0 : now - this.#stoodAt
    if (this.#link?.kind === 'ws' && cause !== null) this.#choice.socketBroke(livedMs, now)
    if (livedMs >= stableMs) this.#attempt = 0
    this.#drop()
    if (isAgentMachinesError(cause)) {
      if (!isPassing(cause)) {
        this.#owner.failed(cause)
        return
      }
      if (cause.code !== 'CONTROL_PLANE_UNREACHABLE') this.#owner.problem(cause)
    }
    this.#attempt += 1
    const inMs = cause === null && this.#attempt === 1 ? 0 : backOffMs(this.#attempt, this.#random())
    this.#owner.entered({ state: 'reconnecting', inMs, attempt: this.#attempt })
    this.#cancelRetry = this.#clock.after(inMs, () => void this.#connect())
  }

  #drop(): void {
    this.#generation += 1
    this.#cancelRetry()
    this.#opening?.abort()
    this.#opening = null
    this.#link?.close()
    this.#link = null
    this.#stoodAt = null
    this.#watchdog.linkGone()
    this.#owner.linkDropped()
  }

  #networkChanged(): void {
    if (this.#ended) return
    if (this.#options.connectivity?.isOnline() === false) {
      this.#drop()
      this.#owner.entered({ state: 'offline' })
    } else if (this.#stoodAt === null) this.reconnect()
  }
}
