import { AgentMachinesError, type Driver } from '@agent-machines/core'
import { type Claimant, claimLine } from '../protocol/driver-lines.ts'
import type { DriverState, Message } from '../protocol/messages.ts'
import { type Guarded, leaveModeLine } from '../protocol/worker-lines.ts'
import type { RoundTrip } from './round-trip.ts'
import type { Timers } from './timers.ts'

/** One batch on its way to the pane. */
export interface Batch {
  readonly claimant: Claimant
  readonly seq: number
  /** The epoch the client named, if it named one. */
  readonly epoch: string | undefined
  /** The guarded line for this batch under the given epoch. */
  readonly line: (guarded: Guarded) => string
}

export interface Accepted {
  readonly acked: number
  readonly epoch: string
}

interface Pending extends Batch {
  guardEpoch: string
  readonly sentAt: number
  claims: number
  /** The worker misses an earlier batch. */
  gap: number | null
  readonly stops: (() => void)[]
  readonly resolve: (accepted: Accepted) => void
  readonly reject: (error: AgentMachinesError) => void
}

interface Host {
  readonly timers: Timers
  readonly roundTrip: RoundTrip
  epoch(): string
  driverHash(): string | null
  write(lines: readonly string[]): boolean
}

const gapMs = 2000
const answerMs = 10_000

/**
 * Batches that the worker has not answered yet.
 *
 * The truth about what was typed is on the worker; what is here only remembers whom to answer. Lines go out
 * at once and again when an answer is overdue, which the worker's comparison makes harmless.
 */
export class InputQueue {
  readonly #host: Host
  readonly #pending = new Map<string, Set<Pending>>()
  readonly #acked = new Map<string, Accepted>()

  constructor(host: Host) {
    this.#host = host
  }

  send(batch: Batch): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      const guardEpoch = batch.epoch ?? this.#host.epoch()
      const sentAt = this.#host.timers.now()
      const pending: Pending = {
        ...batch,
        guardEpoch,
        sentAt,
        claims: 0,
        gap: null,
        stops: [],
        resolve,
        reject,
      }
      const waiting = this.#pending.get(batch.claimant.hash) ?? new Set()
      this.#pending.set(batch.claimant.hash, waiting.add(pending))
      this.#transmit(pending)
      pending.stops.push(this.#host.timers.after(answerMs, () => this.#fail(pending, unanswered())))
      this.#repeat(pending)
    })
  }

  /** Up to where a client's input is known to be typed in this epoch; 0 when nothing is known. */
  ackedOf(hash: string, epoch: string): number {
    const known = this.#acked.get(hash)
    return known?.epoch === epoch ? known.acked : 0
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** Sends everything again, in order: the way to the worker was cut. */
  resendAll(): void {
    for (const waiting of this.#pending.values()) {
      for (const pending of [...waiting].sort((one, other) => one.seq - other.seq)) this.#transmit(pending)
    }
  }

  onMessage(message: Message): void {
    if (message.kind === 'ack') this.#onAck(message.hash, message.seq, message.epoch)
    else if (message.kind === 'nack') {
      for (const pending of [...(this.#pending.get(message.hash) ?? [])]) {
        if (pending.seq === message.seq) this.#onNack(pending, message)
      }
    }
  }

  failAll(error: AgentMachinesError): void {
    for (const waiting of [...this.#pending.values()]) {
      for (const pending of [...waiting]) this.#fail(pending, error)
    }
  }

  #onAck(hash: string, seq: number, epoch: string): void {
    this.#acked.set(hash, { acked: seq, epoch })
    for (const pending of [...(this.#pending.get(hash) ?? [])]) {
      if (pending.guardEpoch !== epoch) continue
      if (pending.seq <= seq) this.#succeed(pending, { acked: seq, epoch })
      else if (pending.seq === seq + 1 && pending.gap !== null) {
        pending.gap = null
        this.#transmit(pending)
      }
    }
  }

  #onNack(pending: Pending, nack: Extract<Message, { kind: 'nack' }>): void {
    if (nack.epoch !== pending.guardEpoch) this.#onOtherEpoch(pending, nack.epoch)
    else if (nack.acked >= pending.seq) this.#onAck(nack.hash, nack.acked, nack.epoch)
    else if (nack.dead) this.#fail(pending, new AgentMachinesError('CONSOLE_EXITED'))
    else if (nack.driver?.hash !== pending.claimant.hash) this.#onOtherDriver(pending, nack.driver)
    else if (nack.inMode) {
      if (this.#host.write([leaveModeLine])) this.#transmit(pending)
    } else if (nack.acked < pending.seq - 1) this.#onGap(pending, nack.acked)
    else this.#transmit(pending)
  }

  #onOtherEpoch(pending: Pending, epoch: string): void {
    if (pending.epoch === undefined && pending.guardEpoch !== epoch && pending.seq === 1) {
      pending.guardEpoch = epoch
      this.#transmit(pending)
    } else this.#fail(pending, restartedError(epoch))
  }

  #onOtherDriver(pending: Pending, driver: DriverState | null): void {
    // A claim also succeeds against a driver that nobody has seen for a while; only the worker knows.
    if (pending.claims === 0) {
      this.#transmit(pending, true)
      return
    }
    // Of a copy from before the claim: where nobody drives, none is refused for it.
    if (driver === null) return
    const details: { driver: Driver } = { driver: driver.driver }
    this.#fail(pending, new AgentMachinesError('CONSOLE_NOT_DRIVER', undefined, { details }))
  }

  #onGap(pending: Pending, acked: number): void {
    const known = this.#acked.get(pending.claimant.hash)
    if (pending.gap === null) this.#hold(pending)
    pending.gap = acked + 1
    if (known?.epoch === pending.guardEpoch && known.acked === pending.seq - 1) {
      pending.gap = null
      this.#transmit(pending)
    }
  }

  /** Waits for the predecessor of a batch, from when it was sent on: the worker may say much later that it misses it. */
  #hold(pending: Pending): void {
    const heldMs = this.#host.timers.now() - pending.sentAt
    pending.stops.push(
      this.#host.timers.after(heldMs < gapMs ? gapMs - heldMs : gapMs, () => {
        if (pending.gap !== null) this.#fail(pending, gapError(pending.seq, pending.gap))
      }),
    )
  }

  #transmit(pending: Pending, claim = this.#mustClaim(pending)): void {
    const { claimant, seq, guardEpoch } = pending
    const line = pending.line({ hash: claimant.hash, seq, epoch: guardEpoch })
    if (this.#host.write(claim ? [claimLine(claimant), line] : [line]) && claim) pending.claims += 1
  }

  #mustClaim({ claims, claimant }: Pending): boolean {
    return claims > 0 || this.#host.driverHash() !== claimant.hash
  }

  #repeat(pending: Pending): void {
    pending.stops.push(
      this.#host.timers.after(this.#host.roundTrip.overdueMs, () => {
        this.#transmit(pending)
        this.#repeat(pending)
      }),
    )
  }

  #succeed(pending: Pending, accepted: Accepted): void {
    if (!this.#remove(pending)) return
    this.#host.roundTrip.note(this.#host.timers.now() - pending.sentAt)
    pending.resolve(accepted)
  }

  #fail(pending: Pending, error: AgentMachinesError): void {
    if (this.#remove(pending)) pending.reject(error)
  }

  #remove(pending: Pending): boolean {
    for (const stop of pending.stops) stop()
    const waiting = this.#pending.get(pending.claimant.hash)
    if (waiting?.size === 1) this.#pending.delete(pending.claimant.hash)
    return waiting?.delete(pending) ?? false
  }
}

function gapError(seq: number, expected: number): AgentMachinesError {
  return new AgentMachinesError('INPUT_GAP', `Batch ${seq} came before batch ${expected}.`, {
    details: { expected },
  })
}

function restartedError(epoch: string): AgentMachinesError {
  return new AgentMachinesError('CONSOLE_RESTARTED', undefined, { details: { epoch, expected: 1 } })
}

function unanswered(): AgentMachinesError {
  return new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console did not answer in time.')
}
