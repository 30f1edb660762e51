import type { ChannelHeader } from './wire.ts'

/** Makes one stream of answers that may overlap and overtake each other. */
export class ByteMerge {
  readonly #log: string
  #offset: number
  /** Where the line begins that is not whole yet. */
  #line: number

  constructor(first: ChannelHeader) {
    this.#log = first.log
    this.#offset = first.start
    this.#line = first.start
  }

  /** Where the next answer is to begin: the worker waits for whole lines. */
  get place(): { log: string; offset: number } {
    return { log: this.#log, offset: this.#line }
  }

  /** What is new in an answer; null when it is of another log or leaves something out. */
  add(header: ChannelHeader, bytes: Uint8Array): Uint8Array | null {
    if (header.log !== this.#log || header.start > this.#offset) return null
    const known = this.#offset - header.start
    const fresh = bytes.subarray(Math.min(known, bytes.length))
    const lastEnd = fresh.lastIndexOf(0x0a)
    if (lastEnd !== -1) this.#line = this.#offset + lastEnd + 1
    this.#offset += fresh.length
    return fresh
  }
}
