import { predictableKeys } from './predictable-key.ts'
import { type PredictedCell, PredictedLine } from './predicted-line.ts'
import type { ScreenView } from './screen-view.ts'

export interface Prediction {
  readonly cells: readonly PredictedCell[]
  readonly cursor: { readonly x: number; readonly y: number }
  /** When the oldest key was typed that the program has not shown. */
  readonly since: number
}

interface Key {
  readonly key: number
  readonly data: string
  readonly at: number
}

/** A program that has shown nothing of a key so long after it got it does not echo. */
const graceMs = 120
/** So long after the last key was handed over the program has mostly said what it says about it. */
const settledMs = 50
const quietMs = 20

/**
 * Says how the line under the cursor will look once the program has answered what was typed.
 *
 * A line begins where the cursor stands when everything typed before is answered; it is trusted, and shown, once
 * the program has shown one key of it as predicted. A key whose effect nobody knows ends the line; anything on
 * the screen that is not on the way to what was predicted takes all of it back. Keys are numbered from 1.
 */
export class PredictionEngine {
  #screen: ScreenView | null = null
  #line: PredictedLine | null = null
  #isTrusted = false
  /** The key that ended the line; 0 while it goes on. */
  #endedBy = 0
  /** Typed and not handed to the program yet. */
  #keys: Key[] = []
  #ackedAt = Number.NEGATIVE_INFINITY
  #outputAt = Number.NEGATIVE_INFINITY
  #acked = 0

  /** Whether `advance` has to be called again before anything else happens. */
  get isBusy(): boolean {
    return this.#keys.length > 0 || this.#line?.isPending === true
  }

  /** Whether the effect of everything typed is part of the prediction. */
  get isOpen(): boolean {
    return this.#line !== null && this.#endedBy === 0
  }

  typed(key: number, data: string, now: number): void {
    const typed = { key, data, at: now }
    this.#keys.push(typed)
    if (this.#line === null) this.#begin(now)
    else if (this.isOpen) this.#extend(typed)
  }

  /** The program was handed every key up to this one. */
  acked(key: number, now: number): void {
    if (key <= this.#acked) return
    this.#acked = key
    this.#ackedAt = now
    this.#keys = this.#keys.filter((each) => each.key > key)
    this.#line?.acked(key, now)
  }

  /** The screen is another one now. */
  shown(screen: ScreenView, now: number): void {
    this.#screen = screen
    this.#outputAt = now
    if (this.#line === null) return
    const met = screen.isPredictable ? this.#line.meet(screen) : 'lost'
    if (met === 'lost') this.clear()
    else if (met === 'proved') this.#isTrusted = true
  }

  /** Time has passed. */
  advance(now: number): void {
    const line = this.#line
    if (line !== null && this.#screen !== null) {
      const overdue = line.overdue(now - graceMs)
      if (overdue > 0 && line.meet(this.#screen, overdue) === 'lost') this.clear()
      else if (this.#endedBy > 0 && this.#endedBy <= this.#acked && this.#isSettled(now)) this.clear()
    }
    if (this.#line === null && this.#keys.length > 0) this.#begin(now)
  }

  /** Forgets what was predicted; keys that are on their way stay known. */
  clear(): void {
    this.#line = null
    this.#isTrusted = false
    this.#endedBy = 0
  }

  /** What differs from the screen; null while there is nothing, or nothing that is trusted. */
  get prediction(): Prediction | null {
    const [line, screen] = [this.#line, this.#screen]
    const since = line?.pendingSince ?? null
    if (line === null || screen === null || since === null || !this.#isTrusted) return null
    return { cells: [...line.cells(screen)], cursor: line.cursor, since }
  }

  #begin(now: number): void {
    const screen = this.#screen
    if (screen === null || !screen.isPredictable || !this.#isSettled(now) || !isAtEnd(screen)) return
    this.#isTrusted = false
    this.#endedBy = 0
    this.#line = new PredictedLine(screen.cursorX, screen.cursorY, this.#acked, now)
    for (const key of this.#keys) if (this.#endedBy === 0) this.#extend(key)
  }

  #extend({ key, data, at }: Key): void {
    const keys = predictableKeys(data)
    const isKnown = keys !== null && this.#line?.extend(keys, key, at, this.#screen?.cols ?? 0)
    if (!isKnown) this.#endedBy = key
  }

  #isSettled(now: number): boolean {
    return now - this.#ackedAt >= settledMs && now - this.#outputAt >= quietMs
  }
}

/** Whether nothing stands behind the cursor: what does would have to move, and only the program knows how. */
function isAtEnd(screen: ScreenView): boolean {
  for (let x = screen.cursorX; x < screen.cols; x++) {
    if (screen.cell(x, screen.cursorY).chars !== ' ') return false
  }
  return true
}
