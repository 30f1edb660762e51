const esc = 0x1b
const bel = 0x07
/** A colour or clipboard query is far shorter; what is longer carries data and is let through. */
const longestQuery = 256

/**
 * Takes terminal queries out of what a program wrote, however it is cut.
 *
 * The worker's tmux has answered them. The local terminal would answer again, and its answer would be typed
 * into the program.
 */
export class QueryFilter {
  #held: number[] = []
  /** Inside a control string that is swallowed up to its end. */
  #swallowing = false

  push(bytes: Uint8Array): Uint8Array {
    const out: number[] = []
    for (const byte of bytes) this.#take(byte, out)
    return Uint8Array.from(out)
  }

  #take(byte: number, out: number[]): void {
    if (this.#swallowing) {
      this.#swallow(byte)
    } else if (this.#held.length === 0) {
      if (byte === esc) this.#held.push(byte)
      else out.push(byte)
    } else {
      this.#hold(byte, out)
    }
  }

  #swallow(byte: number): void {
    const endsHere = byte === bel || (byte === 0x5c && this.#held.at(-1) === esc)
    this.#held = byte === esc ? [byte] : []
    if (!endsHere) return
    this.#swallowing = false
    this.#held = []
  }

  #hold(byte: number, out: number[]): void {
    const previous = this.#held.at(-1)
    if (byte === esc && !this.#isString()) {
      this.#flush(out)
      this.#held.push(byte)
      return
    }
    this.#held.push(byte)
    const text = String.fromCharCode(...this.#held)
    const verdict = judge(text, previous === esc && byte === 0x5c)
    if (verdict === 'more' && this.#held.length <= longestQuery) return
    if (verdict === 'drop-string') this.#swallowing = true
    if (verdict === 'drop' || verdict === 'drop-string') this.#held = []
    else this.#flush(out)
  }

  /** Within OSC, ESC may be the first half of the terminator. */
  #isString(): boolean {
    return this.#held[1] === 0x5d
  }

  #flush(out: number[]): void {
    out.push(...this.#held)
    this.#held = []
  }
}

type Verdict = 'more' | 'pass' | 'drop' | 'drop-string'

function judge(text: string, terminated: boolean): Verdict {
  switch (text[1]) {
    case '[':
      return judgeControl(text)
    case ']':
      return judgeOsc(text, terminated)
    case 'P':
      return judgeDcs(text)
    case 'Z':
      return 'drop'
    default:
      return 'pass'
  }
}

const controlQueries: readonly RegExp[] = [
  /^[>=]?[\d;]*c$/, // device attributes
  /^\??[\d;]*n$/, // status, cursor position, colour scheme
  /^\??[\d;]*\$p$/, // modes
  /^>[\d;]*q$/, // name and version
  /^\?[\d;]*[um]$/, // keyboard flags, modify keys
  /^[\d;]*x$/, // terminal parameters
  /^[\d;]*\$w$/, // presentation state
  /^[\d;]*\*y$/, // checksum
  /^\?[\d;]*S$/, // graphics
  /^(?:11|13|14|15|16|18|19|20|21)(?:;\d*)*t$/, // window reports
]

function judgeControl(text: string): Verdict {
  const last = text.charCodeAt(text.length - 1)
  if (text.length < 3 || last < 0x40 || last > 0x7e) return 'more'
  const body = text.slice(2)
  return controlQueries.some((query) => query.test(body)) ? 'drop' : 'pass'
}

function judgeOsc(text: string, terminated: boolean): Verdict {
  if (!terminated && !text.endsWith('\x07')) return 'more'
  const fields = text
    .slice(2)
    .replace(/(?:\x07|\x1b\\)$/, '')
    .split(';')
  return fields.slice(1).includes('?') ? 'drop' : 'pass'
}

function judgeDcs(text: string): Verdict {
  const last = text.charCodeAt(text.length - 1)
  if (text.length < 3 || last < 0x40 || last > 0x7e) return 'more'
  return /^\x1bP[\d;]*[$+]q$/.test(text) ? 'drop-string' : 'pass'
}
