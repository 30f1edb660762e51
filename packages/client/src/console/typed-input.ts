import type { AgentMachinesError, Driver } from '@agent-machines/core'
import type { Clock } from './clock.ts'
import type { ConsoleEvents, RefusalKind, UndeliveredInput } from './console-events.ts'
import type { ConsoleLink } from './console-link.ts'
import { EchoMeter } from './echo-meter.ts'
import type { Emitter } from './emitter.ts'
import { type InputContent, InputLedger } from './input-ledger.ts'
import { isDriver, messageOf, refusalKindOf } from './protocol.ts'
import { RecentMedian } from './recent-median.ts'

/** The connection that types. */
export interface InputHost {
  /** The link that input may go over right now. */
  openLink(): ConsoleLink | null
  identity(): { readonly session: string; readonly client: string }
  isWatching(): boolean
  driverIs(driver: Driver): void
  /** Opens the console anew: only its answer says what is true. */
  reopen(): void
  /** The same, unnoticed: all is well but the client's name. */
  renew(): void
}

/** Sends what was typed, follows what becomes of it, and tells. */
export class TypedInput {
  readonly #clock: Clock
  readonly #events: Emitter<ConsoleEvents>
  readonly #host: InputHost
  readonly #ledger = new InputLedger()
  readonly #echo = new EchoMeter()
  readonly #roundTrips = new RecentMedian()
  #ackedWhenAsked = 0

  constructor(clock: Clock, events: Emitter<ConsoleEvents>, host: InputHost) {
    this.#clock = clock
    this.#events = events
    this.#host = host
  }

  get epoch(): string | null {
    return this.#ledger.epoch
  }

  get nextSeq(): number {
    return this.#ledger.nextSeq
  }

  get keysInFlight(): number {
    return this.#ledger.keysInFlight
  }

  get oldestSentAt(): number | null {
    return this.#ledger.oldestSentAt
  }

  add(content: InputContent | { readonly type: 'report'; readonly bytes: Uint8Array }): void {
    const now = this.#clock.now()
    if (content.type === 'resize') this.#ledger.resize(content.cols, content.rows, now)
    else this.#ledger[content.type === 'input' ? 'type' : content.type](content.bytes, now)
    this.flush()
  }

  /** Sends what may be sent. */
  flush(): void {
    const link = this.#host.openLink()
    const { epoch, isSpent, hasWaiting } = this.#ledger
    if (link && hasWaiting && (isSpent || epoch === null)) this.#host.renew()
    else if (link && epoch !== null) {
      const identity = { ...this.#host.identity(), epoch }
      let entry = this.#ledger.take(link.window, this.#clock.now())
      while (entry) {
        link.send(messageOf(entry, identity))
        entry = this.#ledger.take(link.window, this.#clock.now())
      }
    }
    this.#emitStats()
  }

  /** Whether what is typed from here on needs another client name. */
  get needsName(): boolean {
    return this.#ledger.isSpent
  }

  /** Whether something was sent of which it is not known if it was typed. */
  get isUnanswered(): boolean {
    return this.#ledger.hasSent
  }

  /** The console is being opened. */
  opening(): void {
    this.#ackedWhenAsked = this.#ledger.acked
  }

  /** The next answer to opening sets the numbers, whatever they were. */
  beginAnew(): void {
    this.#ledger.forgetEpoch()
  }

  /** Brings what is kept here together with what the worker says it has. */
  opened(epoch: string, expected: number): void {
    const ledger = this.#ledger
    if (ledger.epoch === null) this.giveBack(ledger.begin(epoch, expected), 'restarted')
    else if (this.#host.isWatching()) ledger.restart(epoch, expected)
    else if (epoch !== ledger.epoch || expected <= this.#ackedWhenAsked) {
      this.giveBack(ledger.restart(epoch, expected), 'restarted')
    } else if (expected > ledger.nextSeq) {
      // Somebody else types under this name: what was sent may be theirs or ours.
      this.giveBack(ledger.begin(epoch, expected), 'refused')
    } else this.acknowledge(expected - 1)
    ledger.sendAgain()
  }

  stands(): void {
    this.#echo.stands(this.#clock.now())
  }

  interrupted(): void {
    this.#echo.interrupted()
  }

  sawOutput(): void {
    this.#echo.output(this.#clock.now())
    this.#emitStats()
  }

  acknowledge(acked: number): void {
    const now = this.#clock.now()
    const done = this.#ledger.acknowledge(acked)
    const last = done.findLast((entry) => entry.content.type === 'input' && entry.keys > 0)
    if (last) this.#echo.acked(last.typedAt, now)
    if (last && last.sentAt !== null) this.#roundTrips.add(now - last.sentAt)
    if (done.length > 0) this.flush()
  }

  refused(error: AgentMachinesError, seq: number): void {
    const { epoch, expected, driver } = error.details
    const kind = this.noteRefusal(error)
    // What was sent under a former name is asked for, whatever single answers said of it.
    if (this.epoch === null) return
    if (kind === 'gap' && this.needsName) this.#host.renew()
    else if (kind === 'gap' && typeof expected === 'number') this.#fillGap(expected)
    else if (kind === 'restarted' && typeof epoch === 'string') {
      if (epoch !== this.epoch) this.restarted(epoch)
    } else {
      this.giveBack(this.#ledger.refuse(seq), kind)
      if (kind !== 'not-driver') this.#events.emit('problem', error)
      else if (isDriver(driver)) this.#host.driverIs(driver)
      this.flush()
    }
  }

  /** Another program runs: what was meant for the one before is not typed into it. */
  restarted(epoch: string): void {
    if (this.epoch !== null) this.giveBack(this.#ledger.restart(epoch, 1), 'restarted')
    this.#host.reopen()
  }

  noteRefusal(error: AgentMachinesError): RefusalKind {
    const kind = refusalKindOf(error) ?? 'refused'
    this.#events.emit('refusal', { kind, error })
    return kind
  }

  giveBack(lost: readonly Uint8Array[], reason: UndeliveredInput['reason']): void {
    for (const bytes of lost) this.#events.emit('undelivered', { bytes, reason })
    if (lost.length > 0) this.#emitStats()
  }

  /** What waits for its first sending is given back. */
  giveBackWaiting(reason: UndeliveredInput['reason']): void {
    this.giveBack(this.#ledger.abandonWaiting(), reason)
  }

  giveBackAll(reason: UndeliveredInput['reason']): void {
    this.giveBack(this.#ledger.abandon(), reason)
  }

  #fillGap(expected: number): void {
    if (expected <= this.#ledger.acked) {
      this.#host.reopen()
      return
    }
    this.acknowledge(expected - 1)
    this.#ledger.sendAgain(expected)
    this.flush()
  }

  #emitStats(): void {
    const { keysInFlight } = this.#ledger
    const echoMs = this.#echo.medianMs
    this.#events.emit('stats', { echoMs, roundTripMs: this.#roundTrips.value, keysInFlight })
  }
}
