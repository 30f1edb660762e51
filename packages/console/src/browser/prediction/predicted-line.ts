import type { PredictableKey } from './predictable-key.ts'
import type { ScreenView } from './screen-view.ts'

interface Letter {
  readonly chars: string
  readonly width: 1 | 2
}

/** How the line looks once a key was handled. */
interface LineState {
  readonly text: readonly Letter[]
  /** Letters before the cursor. */
  readonly cursor: number
  /** The key that makes it so. */
  readonly key: number
  readonly typedAt: number
  /** When the worker had handed the key to the program. */
  ackedAt: number | null
}

export interface PredictedCell {
  readonly x: number
  readonly y: number
  readonly chars: string
  readonly width: 1 | 2
}

/**
 * What is typed into one line, from where the cursor stood: a state for each key that the program has not shown
 * yet. The program is somewhere among them, or the prediction is wrong.
 */
export class PredictedLine {
  readonly #x: number
  readonly #y: number
  /** The first is where the program was seen last. */
  #states: LineState[]

  constructor(x: number, y: number, key: number, now: number) {
    this.#x = x
    this.#y = y
    this.#states = [{ text: [], cursor: 0, key, typedAt: now, ackedAt: now }]
  }

  get isPending(): boolean {
    return this.#states.length > 1
  }

  /** When the oldest key was typed that the program has not shown. */
  get pendingSince(): number | null {
    return this.#states[1]?.typedAt ?? null
  }

  /** Appends what the keys do; false when that is not known. */
  extend(keys: readonly PredictableKey[], key: number, now: number, cols: number): boolean {
    for (const each of keys) {
      const last = this.#states.at(-1)
      const next = last && edited(last, each)
      if (!next || this.#x + widthOf(next.text) >= cols - 1) return false
      this.#states.push({ ...next, key, typedAt: now, ackedAt: null })
    }
    return true
  }

  acked(key: number, now: number): void {
    for (const state of this.#states) if (state.key <= key) state.ackedAt ??= now
  }

  /** Goes to where the program is; says whether that proved a key, proved nothing, or is nowhere on the way. */
  meet(screen: ScreenView, from = 0): 'proved' | 'same' | 'lost' {
    const found = this.#states.findIndex(
      (state, index) => index >= from && state.ackedAt !== null && this.#isOn(screen, state),
    )
    if (found === -1) return 'lost'
    const [before] = this.#states
    this.#states.splice(0, found)
    const [now] = this.#states
    return before && now && !isSame(before, now) ? 'proved' : 'same'
  }

  /** The last state whose key was handed over before `time`; 0 when all of those were shown. */
  overdue(time: number): number {
    return this.#states.findLastIndex(({ ackedAt }) => ackedAt !== null && ackedAt <= time)
  }

  /** The cells in which the line to come differs from the screen. */
  *cells(screen: ScreenView): Generator<PredictedCell> {
    const text = this.#states.at(-1)?.text ?? []
    let x = this.#x
    for (const { chars, width } of text) {
      const real = screen.cell(x, this.#y)
      if (real.chars !== chars || real.width !== width) yield { x, y: this.#y, chars, width }
      x += width
    }
    const end = this.#x + Math.max(...this.#states.map((state) => widthOf(state.text)))
    for (; x < end; x++) {
      const real = screen.cell(x, this.#y)
      if (real.chars !== ' ' || real.width !== 1) yield { x, y: this.#y, chars: ' ', width: 1 }
    }
  }

  get cursor(): { readonly x: number; readonly y: number } {
    const last = this.#states.at(-1)
    return { x: this.#x + (last ? widthOf(last.text.slice(0, last.cursor)) : 0), y: this.#y }
  }

  #isOn(screen: ScreenView, { text, cursor }: LineState): boolean {
    const at = this.#x + widthOf(text.slice(0, cursor))
    if (screen.cursorY !== this.#y || screen.cursorX !== at) return false
    let x = this.#x
    return text.every(({ chars, width }) => {
      const real = screen.cell(x, this.#y)
      x += width
      return real.chars === chars && real.width === width
    })
  }
}

function edited({ text, cursor }: LineState, key: PredictableKey): Pick<LineState, 'text' | 'cursor'> | null {
  switch (key.kind) {
    case 'insert':
      return { text: text.toSpliced(cursor, 0, key), cursor: cursor + 1 }
    case 'backspace':
      return cursor === 0 ? null : { text: text.toSpliced(cursor - 1, 1), cursor: cursor - 1 }
    case 'left':
      return cursor === 0 ? null : { text, cursor: cursor - 1 }
    case 'right':
      return cursor === text.length ? null : { text, cursor: cursor + 1 }
  }
}

function isSame(one: LineState, other: LineState): boolean {
  return one.cursor === other.cursor && one.text === other.text
}

function widthOf(text: readonly Letter[]): number {
  return text.reduce((sum, { width }) => sum + width, 0)
}
