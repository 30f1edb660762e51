import { concatBytes, toBytes } from './bytes.ts'

const escapeByte = 0x1b
const penLimit = 256

/**
 * Follows the few things in a program's output that tmux cannot be asked for: bracketed paste and focus
 * reports before tmux 3.7, the pen, the character sets, and a character that is not complete yet.
 */
export class PenTracker {
  #modes = new Map<string, boolean>([
    ['2004', false],
    ['1004', false],
  ])
  #pen = ''
  #charsets = new Map<string, string>()
  #shifted = false
  #sequence: number[] | null = null
  #partial = new Uint8Array(0)

  /** Switches as the worker lists them, such as `2004h 1004l`. */
  preset(switches: string): void {
    for (const [, mode = '', on] of switches.matchAll(/(\d+)([hl])/g)) {
      if (this.#modes.has(mode)) this.#modes.set(mode, on === 'h')
    }
  }

  push(bytes: Uint8Array): void {
    let at = this.#sequence === null ? this.#nextControl(bytes, 0) : 0
    while (at < bytes.length) {
      at = this.#step(bytes[at] ?? 0) ? at + 1 : this.#nextControl(bytes, at + 1)
    }
    this.#partial = incompleteCharacter(concatBytes([this.#partial, bytes.subarray(-4)]))
  }

  /** What a terminal must still be told after everything else was restored. */
  restore(): Uint8Array {
    const modes = [...this.#modes].map(([mode, on]) => `\x1b[?${mode}${on ? 'h' : 'l'}`)
    const sets = [...this.#charsets].map(([slot, set]) => `\x1b${slot}${set}`)
    return toBytes(`${modes.join('')}\x1b[0m${this.#pen}${sets.join('')}${this.#shifted ? '\x0e' : '\x0f'}`)
  }

  /** The first bytes of a character whose rest comes with the next output. */
  partialCharacter(): Uint8Array {
    return this.#partial
  }

  #nextControl(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === escapeByte || byte === 0x0e || byte === 0x0f) return at
    }
    return bytes.length
  }

  /** Takes one byte; true while it is inside a sequence. */
  #step(byte: number): boolean {
    if (byte === escapeByte) this.#sequence = []
    else if (this.#sequence === null) {
      this.#shifted = byte === 0x0e
      return false
    } else {
      this.#sequence.push(byte)
      if (!isComplete(this.#sequence)) return true
      this.#apply(String.fromCharCode(...this.#sequence))
      this.#sequence = null
      return false
    }
    return true
  }

  #apply(sequence: string): void {
    if (sequence === 'c') this.#reset()
    else if (/^[()][0-9A-Za-z]$/.test(sequence)) this.#charsets.set(sequence.charAt(0), sequence.charAt(1))
    else if (/^\[[0-9;:]*m$/.test(sequence)) this.#paint(sequence)
    else if (/^\[\?[0-9;]+[hl]$/.test(sequence)) {
      for (const mode of sequence.slice(2, -1).split(';')) {
        if (this.#modes.has(mode)) this.#modes.set(mode, sequence.endsWith('h'))
      }
    }
  }

  #paint(sequence: string): void {
    const parameters = sequence.slice(1, -1)
    if (parameters === '' || parameters === '0') this.#pen = ''
    else if (parameters.startsWith('0;')) this.#pen = `\x1b${sequence}`
    else this.#pen = `${this.#pen}\x1b${sequence}`.slice(-penLimit).replace(/^[^\x1b]*/, '')
  }

  #reset(): void {
    for (const mode of this.#modes.keys()) this.#modes.set(mode, false)
    this.#pen = ''
    this.#charsets.clear()
    this.#shifted = false
  }
}

function isComplete(sequence: readonly number[]): boolean {
  const first = sequence[0] ?? 0
  const last = sequence.at(-1) ?? 0
  if (sequence.length > 64) return true
  if (first === 0x5b) return sequence.length > 1 && last >= 0x40 && last <= 0x7e
  if (first === 0x28 || first === 0x29) return sequence.length === 2
  return true
}

function incompleteCharacter(tail: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let back = 1; back <= Math.min(3, tail.length); back++) {
    const byte = tail[tail.length - back] ?? 0
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return back < needed ? tail.slice(tail.length - back) : new Uint8Array(0)
  }
  return new Uint8Array(0)
}
