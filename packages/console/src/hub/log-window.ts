import { concatBytes } from '../protocol/bytes.ts'

/** How far behind a reader may be before it gets a snapshot instead, in bytes of log without screens. */
export const windowBytes = 1024 * 1024
/** What is kept beyond that, so that the limit holds while new output arrives. */
const slackBytes = 256 * 1024
const mergedBytes = 64 * 1024

export type WindowEntry =
  | { readonly kind: 'output'; readonly bytes: Uint8Array; readonly end: number }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number; readonly end: number }

interface Counted {
  /** How much of the log was readable up to the end of this. */
  upTo: number
}
interface Run extends Counted {
  readonly kind: 'output'
  readonly parts: Uint8Array[]
  /** The log offset after each part. */
  readonly ends: number[]
  size: number
  merged: Uint8Array | null
}
type Stored = Run | (Exclude<WindowEntry, { kind: 'output' }> & Counted)

/**
 * The last part of a console's log, shared by everybody who watches it.
 *
 * Readers keep their own offset and pull; nothing is queued per reader.
 */
export class LogWindow {
  #entries: Stored[] = []
  #start: number
  #end: number
  /** The length of the log as its readers see it: without screens and what else is not for them. */
  #readable = 0

  constructor(start: number) {
    this.#start = start
    this.#end = start
  }

  get start(): number {
    return this.#start
  }

  get end(): number {
    return this.#end
  }

  /** Forgets everything before `offset`. */
  restart(offset: number): void {
    this.#entries = []
    this.#start = offset
    this.#end = offset
  }

  /** `join`: output that arrived together with the entry before it becomes one entry with it. */
  append(entry: WindowEntry, join: boolean): void {
    const last = this.#entries.at(-1)
    this.#readable += entry.end - this.#end
    this.#end = entry.end
    const upTo = this.#readable
    if (entry.kind !== 'output') this.#entries.push({ ...entry, upTo })
    else if (join && last?.kind === 'output' && last.size < mergedBytes) {
      last.parts.push(entry.bytes)
      last.ends.push(entry.end)
      last.size += entry.bytes.length
      last.merged = null
      last.upTo = upTo
    } else {
      this.#entries.push({
        kind: 'output',
        parts: [entry.bytes],
        ends: [entry.end],
        size: entry.bytes.length,
        merged: null,
        upTo,
      })
    }
    this.#trim()
  }

  /** Moves the end without adding anything to read. */
  advance(end: number): void {
    this.#end = Math.max(this.#end, end)
  }

  /** Whether everything after `offset` is still here. */
  canContinue(offset: number): boolean {
    return offset >= this.#start && offset <= this.#end
  }

  /** The first thing after `offset`; null when there is nothing yet. */
  readAfter(offset: number): WindowEntry | null {
    const entry = this.#entries[this.#indexAfter(offset)]
    if (entry === undefined) return null
    if (entry.kind !== 'output') return entry
    const skip = entry.ends.findLastIndex((end) => end <= offset) + 1
    if (skip > 0) return { kind: 'output', bytes: concatBytes(entry.parts.slice(skip)), end: endOf(entry) }
    entry.merged ??= concatBytes(entry.parts)
    return { kind: 'output', bytes: entry.merged, end: endOf(entry) }
  }

  #indexAfter(offset: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = this.#entries[middle]
      if (entry !== undefined && endOf(entry) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #trim(): void {
    const oldest = this.#readable - windowBytes - slackBytes
    let drop = 0
    for (; drop < this.#entries.length; drop++) {
      const entry = this.#entries[drop]
      if (entry === undefined || entry.upTo > oldest) break
      this.#start = endOf(entry)
    }
    if (drop > 64 || drop === this.#entries.length) this.#entries.splice(0, drop)
  }
}

function endOf(entry: Stored): number {
  return entry.kind === 'output' ? (entry.ends.at(-1) ?? 0) : entry.end
}
