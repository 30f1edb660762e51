export interface Place {
  readonly x: number
  readonly y: number
}

/** How much text after a position is read to know where the cursor is. */
const knownBytes = 1024

/**
 * Where a program's cursor is, as far as that follows from the last position it asked for.
 *
 * tmux does not tell where a cursor was saved. Programs position theirs before they save it; where one wrapped
 * a line or wrote anything but ASCII since, the place is unknown.
 */
export class CursorPlace {
  #place: Place | null = null
  #budget = 0
  #fromOrigin = false

  /** null when it does not follow from what was seen. */
  get now(): Place | null {
    return this.#place
  }

  forget(): void {
    this.#place = null
  }

  /** Text between two control sequences. */
  text(bytes: Uint8Array, from: number, to: number): void {
    if (this.#place === null || from === to) return
    this.#budget -= to - from
    const { y } = this.#place
    let { x } = this.#place
    this.#place = null
    if (this.#budget < 0) return
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      if (byte === 0x0d) x = 0
      else if (byte === 0x08) x = Math.max(0, x - 1)
      else if (byte >= 0x20 && byte < 0x7f) x += 1
      else if (byte !== 0x0e && byte !== 0x0f && byte !== 0x07) return
    }
    this.#place = { x, y }
  }

  /** A control sequence without its escape byte. */
  take(sequence: string): void {
    const position = /^\[(\d*)(?:;(\d*))?[Hf]$/.exec(sequence)
    if (sequence === 'c' || /^\[\?6[hl]$/.test(sequence)) {
      this.#fromOrigin = sequence === '[?6h'
      this.#place = null
    } else if (position !== null) {
      this.#place = this.#fromOrigin ? null : { x: before(position[2]), y: before(position[1]) }
      this.#budget = knownBytes
    } else if (this.#place !== null && !staysInPlace(sequence)) this.#place = null
  }
}

function before(parameter: string | undefined): number {
  return Math.max(1, Number(parameter || 1)) - 1
}

/** Colours, character sets, modes without a position of their own, erasing, and saving. */
function staysInPlace(sequence: string): boolean {
  return /^(\[[0-9;:]*[mJKX@P]|[()][0-9A-Za-z]|\[\?(1|7|12|25|9|100\d|1016|2004|2026)[hl]|\[[0-6]? q|[7=>]|\[s)$/.test(
    sequence,
  )
}
