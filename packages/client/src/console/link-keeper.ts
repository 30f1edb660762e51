import { AgentMachinesError, isAgentMachinesError } from '@agent-machines/core'
import { backOffMs } from './back-off.ts'
import type { Clock } from './clock.ts'
import type { ConsoleConnectionOptions } from './connection-options.ts'
import type { LinkPhase } from './console-events.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { openLink } from './open-link.ts'
import { isPassing, isProgress, refusalKindOf } from './protocol.ts'
import { HeldBack } from './stream-probe.ts'
import { TransportChoice, type TransportKind } from './transport-choice.ts'
import { Upgrade } from './upgrade.ts'
import { Watchdog } from './watchdog.ts'

/** A link that was ended sooner than this is a failure, whatever it says. */
const shortestMs = 1000
/** How long a connection may count as standing while the next link replaces the last. */
const renewalMs = 4000

/** What to link to, and by which transports the server would. */
export interface OpenedLink {
  readonly target: LinkTarget
  readonly served: readonly TransportKind[]
}

/** Whose links are kept. */
export interface LinkOwner extends Omit<LinkListener, 'closed'> {
  /** Opens the console and takes over what that says; rejects, and takes over nothing, once `signal` is aborted. */
  open(signal: AbortSignal): Promise<OpenedLink>
  oldestSentAt(): number | null
  entered(phase: LinkPhase): void
  problem(error: AgentMachinesError): void
  /** Waiting can't help. */
  failed(error: AgentMachinesError): void
  linkDropped(): void
}

type Options = Pick<
  ConsoleConnectionOptions,
  'api' | 'createSocket' | 'proof' | 'connectivity' | 'transports'
>

/** Keeps one link to a console standing: opens, watches, falls back, waits and tries again. */
export class LinkKeeper {
  readonly #options: Options
  readonly #clock: Clock
  readonly #random: () => number
  readonly #owner: LinkOwner
  readonly #choice: TransportChoice
  readonly #watchdog: Watchdog
  readonly #upgrade: Upgrade
  #opened: OpenedLink | null = null
  #link: ConsoleLink | null = null
  #stoodAt: number | null = null
  #attempt = 0
  /** Distinguishes the present try from those given up. */
  #generation = 0
  #opening: AbortController | null = null
  #cancelRetry: () => void = () => {}
  #cancelRenewal: () => void = () => {}
  #unsubscribe: () => void = () => {}
  #ended = false

  constructor(options: Options, clock: Clock, random: () => number, owner: LinkOwner) {
    this.#options = options
    this.#clock = clock
    this.#random = random
    this.#owner = owner
    const { transports = ['ws', 'sse', 'poll'], createSocket } = options
    this.#choice = new TransportChoice(transports.filter((kind) => kind !== 'ws' || createSocket))
    this.#watchdog = new Watchdog(clock, {
      oldestSentAt: () => owner.oldestSentAt(),
      stalled: (why) => this.#broke(new AgentMachinesError('CONTROL_PLANE_UNREACHABLE', why)),
      wokeUp: () => this.reconnect(),
    })
    this.#upgrade = new Upgrade(clock, this.#choice, {
      open: (kind, target, listener) => openLink(kind, this.#options, target, listener, clock),
      renew: () => this.renew(),
    })
  }

  /** The one that stands; a link that replaces it takes nothing before it does. */
  get link(): ConsoleLink | null {
    return this.#stoodAt === null ? null : this.#link
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

  /** Replaces the link by another at once; the connection counts as standing meanwhile. */
  renew(): void {
    if (this.#stoodAt === null) return
    this.#cancelRenewal()
    void this.#connect()
    this.#cancelRenewal = this.#clock.after(renewalMs, () =>
      this.#owner.entered({ state: 'reconnecting', inMs: 0, attempt: 0 }),
    )
  }

  stop(): void {
    this.#ended = true
    this.#drop()
    this.#cancelRenewal()
    this.#watchdog.stop()
  }

  /** As `stop`, for good. */
  dispose(): void {
    this.#unsubscribe()
    this.stop()
  }

  /** The stream has begun. */
  stands(): void {
    this.#cancelRenewal()
    const kind = this.#link?.kind ?? 'sse'
    const opened = this.#opened
    if (this.#stoodAt === null && opened) this.#upgrade.from(kind, opened.target, opened.served)
    this.#stoodAt ??= this.#clock.now()
    this.#watchdog.linkStands()
    this.#owner.entered({ state: 'live', transport: kind })
  }

  /** The server asked for another connection, or the host ended this one. */
  expired(): void {
    const livedMs = this.#stoodAt === null ? 0 : this.#clock.now() - this.#stoodAt
    if (livedMs >= shortestMs) this.renew()
    else this.#broke(null)
  }

  async #connect(): Promise<void> {
    this.#drop()
    if (this.#options.connectivity?.isOnline() === false) {
      this.#cancelRenewal()
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
      this.#opened = opened
      const kind = this.#choice.choose(opened.served, this.#clock.now())
      this.#link = openLink(kind, this.#options, opened.target, this.#listenerOf(generation), this.#clock)
    } catch (error) {
      if (generation === this.#generation) this.#broke(error)
    }
  }

  #listenerOf(generation: number): LinkListener {
    const current = (action: () => void) => {
      if (generation !== this.#generation) return
      this.#watchdog.heard()
      action()
    }
    return {
      event: (event) =>
        current(() => {
          if (isProgress(event)) this.#attempt = 0
          this.#owner.event(event)
        }),
      acked: (acked) =>
        current(() => {
          this.#attempt = 0
          this.#owner.acked(acked)
        }),
      refused: (error, seq) =>
        current(() => {
          if (seq !== null && refusalKindOf(error) === null) this.#broke(error)
          else this.#owner.refused(error, seq)
        }),
      closed: (cause) => current(() => this.#closed(cause)),
    }
  }

  #closed(cause: unknown): void {
    if (cause === null) this.expired()
    else if (cause instanceof HeldBack) this.#heldBack()
    else this.#broke(cause)
  }

  /** Goes on at once by another transport: nothing is wrong with the server. */
  #heldBack(): void {
    this.#choice.heldBack(this.#link?.kind ?? 'sse', this.#clock.now())
    if (this.#stoodAt === null) void this.#connect()
    else this.renew()
  }

  /** The link is gone, or never stood: tries again after a pause, unless waiting can't help. */
  #broke(cause: unknown): void {
    const now = this.#clock.now()
    const livedMs = this.#stoodAt === null ? 0 : now - this.#stoodAt
    if (this.#link) this.#choice.broke(this.#link.kind, livedMs, now)
    this.#drop()
    this.#cancelRenewal()
    if (isAgentMachinesError(cause)) {
      if (!isPassing(cause)) {
        this.#owner.failed(cause)
        return
      }
      if (cause.code !== 'CONTROL_PLANE_UNREACHABLE') this.#owner.problem(cause)
    }
    this.#attempt += 1
    const inMs = backOffMs(this.#attempt, this.#random())
    this.#owner.entered({ state: 'reconnecting', inMs, attempt: this.#attempt })
    this.#cancelRetry = this.#clock.after(inMs, () => void this.#connect())
  }

  #drop(): void {
    this.#generation += 1
    this.#upgrade.stop()
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
      this.#cancelRenewal()
      this.#owner.entered({ state: 'offline' })
    } else if (this.#stoodAt === null) this.reconnect()
  }
}
