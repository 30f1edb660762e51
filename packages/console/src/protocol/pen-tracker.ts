import { concatBytes } from './bytes.ts'
import { CursorPlace, type Place } from './cursor-place.ts'
import { Looks } from './looks.ts'
import { ModeTracker } from './mode-tracker.ts'

const escapeByte = 0x1b
/** Looks are summed up that seldom. */
const penLimit = 512

/** What a program saved with its cursor. */
export interface SavedCursor {
  /** `entered`: where the alternate screen was entered, which tmux tells. null where it is unknown. */
  readonly place: Place | 'entered' | null
  /** What brings pen and character sets to where they were. */
  readonly pen: string
}

interface Pen {
  readonly place: SavedCursor['place']
  readonly look: string
  /** Output was lost that may have changed the look. */
  readonly isGuess: boolean
  readonly charsets: ReadonlyMap<string, string>
  readonly shifted: boolean
}

/** What tmux cannot be asked for. */
export interface Untold {
  /** Modes, cursor shape, pen and character sets. */
  readonly restore: string
  /** The last cursor saved on the screen that is shown. */
  readonly saved: SavedCursor | null
  /** With which pen the alternate screen was entered. */
  readonly entered: string
  /** The first bytes of a character whose rest comes with the next output. */
  readonly partial: Uint8Array
  /** Whether cells were erased with a background. */
  readonly erased: boolean
}

const usualPen = '\x1b[0m\x0f'

/** Follows the few things in a program's output that tmux cannot be asked for. */
export class PenTracker {
  readonly #modes = new ModeTracker()
  readonly #cursor = new CursorPlace()
  #pen = ''
  #isGuess = false
  #charsets = new Map<string, string>()
  #shifted = false
  #saved: Pen | null = null
  #erased = false
  #below: Pen | null = null
  #sequence: number[] | null = null
  #partial = new Uint8Array(0)

  /** What the worker found before the log's beginning. */
  preset(switches: string): void {
    this.#modes.preset(switches)
    if (/\blost\b/.test(switches)) this.lostOutput()
  }

  /** What came before was not seen; the last known pen is the best guess until the next reset. */
  lostOutput(): void {
    this.#isGuess = true
    this.#cursor.forget()
  }

  get isGuess(): boolean {
    return this.#isGuess
  }

  push(bytes: Uint8Array): void {
    let at = this.#sequence === null ? this.#nextControl(bytes, 0) : 0
    while (at < bytes.length) {
      const end = this.#sequence === null ? colourEnd(bytes, at) : -1
      if (end !== -1) {
        this.#paint(asciiText(bytes, at + 1, end))
        at = this.#nextControl(bytes, end)
      } else at = this.#step(bytes[at] ?? 0) ? at + 1 : this.#nextControl(bytes, at + 1)
    }
    this.#partial = incompleteCharacter(concatBytes([this.#partial, bytes.subarray(-4)]))
  }

  untold(): Untold {
    return {
      restore: `${this.#modes.restore()}${written(this.#now())}`,
      saved: this.#saved && { place: this.#saved.place, pen: written(this.#saved) },
      entered: this.#below === null ? usualPen : written(this.#below),
      partial: this.#partial,
      erased: this.#erased,
    }
  }

  /** The cursor is elsewhere after lines were wrapped anew. */
  resized(): void {
    this.#cursor.forget()
  }

  #now(): Pen {
    return {
      place: this.#cursor.now,
      look: Looks.after(this.#pen).toString(),
      isGuess: this.#isGuess,
      charsets: new Map(this.#charsets),
      shifted: this.#shifted,
    }
  }

  #nextControl(bytes: Uint8Array, from: number): number {
    let at = from
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === escapeByte || byte === 0x0e || byte === 0x0f) break
    }
    this.#cursor.text(bytes, from, at)
    return at
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
    this.#modes.take(sequence)
    if (sequence === 'c' || sequence === '[!p') this.#reset()
    else if (/^[()][0-9A-Za-z]$/.test(sequence)) this.#charsets.set(sequence.charAt(0), sequence.charAt(1))
    else if (/^\[[0-9;:]*m$/.test(sequence)) this.#paint(sequence)
    else if (/^(7|\[s|\[\?1048h)$/.test(sequence)) this.#saved = this.#now()
    else if (sequence === '[?1049h') this.#enterAlternate()
    else if (sequence === '[?1049l') this.#leaveAlternate()
    else if (!this.#erased && this.#pen !== '' && /^\[[0-9;]*[JKXLMPST@]$/.test(sequence)) {
      this.#erased = Looks.after(this.#pen).hasBackground
    }
    this.#cursor.take(sequence)
    if (/^(8|\[u|\[\?1048l)$/.test(sequence)) this.#take(this.#saved)
  }

  #enterAlternate(): void {
    this.#below = this.#now()
    this.#saved = null
  }

  #leaveAlternate(): void {
    this.#saved = this.#below && { ...this.#below, place: 'entered' }
    this.#below = null
    this.#take(this.#saved)
  }

  #take(pen: Pen | null): void {
    if (pen === null) return
    this.#pen = pen.look
    this.#isGuess = pen.isGuess
    this.#charsets = new Map(pen.charsets)
    this.#shifted = pen.shifted
  }

  #paint(sequence: string): void {
    if (this.#isGuess) this.#isGuess = !Looks.after(`\x1b${sequence}`).wasReset
    if (sequence === '[0m' || sequence === '[m') this.#pen = ''
    else this.#pen = `${sequence.startsWith('[0;') ? '' : this.#pen}\x1b${sequence}`
    if (this.#pen.length > penLimit) this.#pen = Looks.after(this.#pen).toString()
  }

  #reset(): void {
    this.#pen = ''
    this.#isGuess = false
    this.#charsets.clear()
    this.#shifted = false
    this.#saved = null
  }
}

function written({ look, charsets, shifted }: Pen): string {
  const sets = [...charsets].map(([slot, set]) => `\x1b${slot}${set}`)
  return `\x1b[0m${look}${sets.join('')}${shifted ? '\x0e' : '\x0f'}`
}

/** The end of the SGR sequence that begins at `from`; -1 when it is another one or goes on in the next output. */
function colourEnd(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== escapeByte || bytes[from + 1] !== 0x5b) return -1
  const limit = Math.min(bytes.length, from + 64)
  for (let at = from + 2; at < limit; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x6d) return at + 1
    if (byte < 0x30 || byte > 0x3b) return -1
  }
  return -1
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
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
