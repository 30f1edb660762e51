import { inputLimitBytes } from '@agent-machines/core'

export type InputContent =
  | { readonly type: 'input' | 'paste'; readonly bytes: Uint8Array }
  | { readonly type: 'resize'; readonly cols: number; readonly rows: number }

/** Something with its number; the number and the content never change, so it can be sent again safely. */
export interface LedgerEntry {
  readonly seq: number
  readonly content: InputContent
  /** Keys in it, for counting what is on its way. */
  readonly keys: number
  readonly typedAt: number
  sentAt: number | null
}

type Waiting = Pick<LedgerEntry, 'content' | 'keys' | 'typedAt'>

/**
 * What was typed and is not acknowledged yet, in order.
 *
 * Content gets its number only when it is sent, so what waits can still be joined into one batch. Afterwards
 * it is kept unchanged until the worker acknowledges it, or until it is known that it was not typed.
 */
export class InputLedger {
  #epoch: string | null = null
  #nextSeq = 1
  #acked = 0
  #waiting: Waiting[] = []
  #entries: LedgerEntry[] = []
  /** Copies of what was given up may still be under way: their numbers must not come to mean anything else. */
  #isSpent = false

  get epoch(): string | null {
    return this.#epoch
  }

  /** The highest number known to be typed. */
  get acked(): number {
    return this.#acked
  }

  /** The number of what is sent next for the first time. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  get keysInFlight(): number {
    return sum(this.#entries) + sum(this.#waiting)
  }

  /** When the oldest unacknowledged entry was sent; null when nothing is on its way. */
  get oldestSentAt(): number | null {
    return this.#entries[0]?.sentAt ?? null
  }

  /** No new number can be given under this client name; another name begins afresh. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /** Something was sent and is not acknowledged, whether or not it is to be sent again. */
  get hasSent(): boolean {
    return this.#entries.length > 0
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  type(bytes: Uint8Array, now: number): void {
    for (let start = 0; start < bytes.length; start += inputLimitBytes) {
      const part = bytes.slice(start, start + inputLimitBytes)
      this.#waiting.push({ content: { type: 'input', bytes: part }, keys: start === 0 ? 1 : 0, typedAt: now })
    }
  }

  /** What the terminal says by itself travels as keys do, but is none. */
  report(bytes: Uint8Array, now: number): void {
    this.#waiting.push({ content: { type: 'input', bytes }, keys: 0, typedAt: now })
  }

  paste(bytes: Uint8Array, now: number): void {
    this.#waiting.push({ content: { type: 'paste', bytes }, keys: 1, typedAt: now })
  }

  /** A size that still waits is replaced: only the last one matters. */
  resize(cols: number, rows: number, now: number): void {
    this.#waiting = this.#waiting.filter((each) => each.content.type !== 'resize')
    this.#waiting.push({ content: { type: 'resize', cols, rows }, keys: 0, typedAt: now })
  }

  /** The next entry to send, or null while `window` entries are unacknowledged or nothing is there. */
  take(window: number, now: number): LedgerEntry | null {
    const again = this.#entries.find((entry) => entry.sentAt === null)
    if (again) {
      again.sentAt = now
      return again
    }
    if (this.#isSpent || this.#entries.length >= window) return null
    const next = this.#joinWaiting()
    if (!next) return null
    const entry: LedgerEntry = { ...next, seq: this.#nextSeq, sentAt: now }
    this.#nextSeq += 1
    this.#entries.push(entry)
    return entry
  }

  /** Everything up to `seq` was typed; returns what that newly acknowledges. */
  acknowledge(seq: number): LedgerEntry[] {
    if (seq >= this.#nextSeq || seq <= this.#acked) return []
    this.#acked = seq
    const done = this.#entries.filter((entry) => entry.seq <= seq)
    this.#entries = this.#entries.filter((entry) => entry.seq > seq)
    return done
  }

  /** Everything from `seq` on is to be sent again; without it, everything. */
  sendAgain(seq = 0): void {
    for (const entry of this.#entries) if (entry.seq >= seq) entry.sentAt = null
  }

  /** The worker did not type `seq`; what came after it, sent or not, is not typed either and is returned. */
  refuse(seq: number): Uint8Array[] {
    const refused = this.#entries.filter((entry) => entry.seq >= seq)
    if (refused.length === 0) return []
    this.#entries = this.#entries.filter((entry) => entry.seq < seq)
    this.#isSpent = true
    return bytesOf([...refused, ...this.#waiting.splice(0)])
  }

  /** A console with another history, or another client name: numbers begin at `expected`. Returns what was lost. */
  restart(epoch: string, expected: number): Uint8Array[] {
    const lost = this.#clear()
    this.#epoch = epoch
    this.#isSpent = false
    this.#nextSeq = expected
    this.#acked = expected - 1
    return bytesOf(lost)
  }

  /**
   * Takes over what was never sent under a new client name, where numbers begin at `expected`. Returns what was
   * sent under the old one and may be lost.
   */
  begin(epoch: string, expected: number): Uint8Array[] {
    const waiting = this.#waiting
    this.#waiting = []
    const lost = this.restart(epoch, expected)
    this.#waiting = waiting
    return lost
  }

  /** Gives up what was never sent and returns it. */
  abandonWaiting(): Uint8Array[] {
    return bytesOf(this.#waiting.splice(0))
  }

  /** The next `begin` starts with other numbers; what is not sent yet is kept. */
  forgetEpoch(): void {
    this.#epoch = null
    this.#isSpent = false
  }

  #clear(): Waiting[] {
    const lost = [...this.#entries, ...this.#waiting]
    this.#entries = []
    this.#waiting = []
    return lost
  }

  /** Gives up everything and returns what was not typed. */
  abandon(): Uint8Array[] {
    this.#isSpent ||= this.#entries.length > 0
    this.#epoch = null
    return bytesOf(this.#clear())
  }

  #joinWaiting(): Waiting | null {
    const [first, ...rest] = this.#waiting
    if (!first) return null
    const joined = [first]
    let size = first.content.type === 'input' ? first.content.bytes.length : inputLimitBytes
    for (const next of rest) {
      if (next.content.type !== 'input' || standsAlone(first) || standsAlone(next)) break
      size += next.content.bytes.length
      if (size > inputLimitBytes) break
      joined.push(next)
    }
    this.#waiting = this.#waiting.slice(joined.length)
    if (joined.length === 1) return first
    return {
      content: { type: 'input', bytes: concat(bytesOf(joined)) },
      keys: sum(joined),
      typedAt: (joined.find((each) => each.keys > 0) ?? first).typedAt,
    }
  }
}

/**
 * Enter and Escape travel by themselves: programs take text with Enter in one read for a paste, and Escape
 * with a letter for Alt.
 */
function standsAlone({ content }: Waiting): boolean {
  if (content.type !== 'input' || content.bytes.length !== 1) return false
  return content.bytes[0] === 0x0d || content.bytes[0] === 0x1b
}

function bytesOf(items: readonly Waiting[]): Uint8Array[] {
  return items.flatMap(({ content }) => (content.type === 'resize' ? [] : [content.bytes]))
}

function sum(items: readonly Waiting[]): number {
  return items.reduce((total, each) => total + each.keys, 0)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
