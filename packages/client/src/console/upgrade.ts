import type { Clock } from './clock.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { HeldBack } from './stream-probe.ts'
import type { TransportChoice, TransportKind } from './transport-choice.ts'

const probeMs = 15_000
/** What begins a stream may have come in one piece; what comes so much later came by itself. */
const provedMs = 500

interface Host {
  /** Opens a link beside the one in use. */
  open(kind: TransportKind, target: LinkTarget, listener: LinkListener): ConsoleLink
  /** Replaces the link in use; the choice knows that the better transport works. */
  renew(): void
}

/** Tries a better transport beside the one in use, again and again, and changes to it once it works. */
export class Upgrade {
  readonly #clock: Clock
  readonly #choice: TransportChoice
  readonly #host: Host
  #cancel: () => void = () => {}
  #probe: ConsoleLink | null = null

  constructor(clock: Clock, choice: TransportChoice, host: Host) {
    this.#clock = clock
    this.#choice = choice
    this.#host = host
  }

  /** A link of this kind to `target` stands, where the server has the kinds of `served`. */
  from(kind: TransportKind, target: LinkTarget, served: readonly TransportKind[]): void {
    this.stop()
    const better = this.#choice.betterThan(kind, served)
    if (better === null) return
    const inMs = Math.max(better.at - this.#clock.now(), 0)
    // A viewer changes nothing about who types, and needs no more than the screen.
    const viewer = { ...target, client: undefined, cursor: undefined, history: 0 }
    const again = () => this.from(kind, target, served)
    this.#cancel = this.#clock.after(inMs, () => this.#try(better.kind, viewer, again))
  }

  stop(): void {
    this.#cancel()
    this.#probe?.close()
    this.#probe = null
  }

  #try(kind: TransportKind, target: LinkTarget, again: () => void): void {
    let begunAt: number | null = null
    const failed = (cause: unknown) => {
      this.stop()
      if (cause instanceof HeldBack) this.#choice.heldBack(kind, this.#clock.now())
      else this.#choice.failed(kind, this.#clock.now())
      again()
    }
    const heard = () => {
      begunAt ??= this.#clock.now()
      if (this.#clock.now() - begunAt < provedMs) return
      this.stop()
      this.#choice.works(kind)
      this.#host.renew()
    }
    this.#cancel = this.#clock.after(probeMs, () => failed(null))
    this.#probe = this.#host.open(kind, target, {
      event: heard,
      acked: () => {},
      refused: heard,
      closed: failed,
    })
  }
}
