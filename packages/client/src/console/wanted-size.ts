import type { Clock } from './clock.ts'

export interface Size {
  readonly cols: number
  readonly rows: number
}

const settledAfterMs = 50

/** The size a page would like, and the one the console has. */
export class WantedSize {
  readonly #clock: Clock
  #wanted: Size
  #actual: Size | null = null
  #cancel: () => void = () => {}

  constructor(clock: Clock, wanted: Size) {
    this.#clock = clock
    this.#wanted = wanted
  }

  get wanted(): Size {
    return this.#wanted
  }

  /** `settled` is called once for a burst of changes. */
  want(size: Size, settled: () => void): void {
    this.#wanted = size
    this.#cancel()
    this.#cancel = this.#clock.after(settledAfterMs, settled)
  }

  /** The console has this size. */
  is({ cols, rows }: Size): void {
    this.#actual = { cols, rows }
  }

  /** The wanted size unless the console has it; counts as its size from here on. */
  takeChange(): Size | null {
    const { cols, rows } = this.#wanted
    if (this.#actual?.cols === cols && this.#actual.rows === rows) return null
    this.#actual = this.#wanted
    return this.#wanted
  }

  stop(): void {
    this.#cancel()
  }
}
