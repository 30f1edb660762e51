/** More than an emulator shows in a second; a tab in the background shows little and would collect all of it. */
const mostBytes = 4 * 1024 * 1024
const leastBytes = 256 * 1024

/**
 * What was written to the emulator and is not parsed yet.
 *
 * When that grows too large, output is dropped until the emulator has caught up; then the present screen is asked
 * for and shown instead.
 */
export class WriteBacklog {
  readonly #startOver: (() => void) | null
  #waiting = 0
  #state: 'follows' | 'behind' | 'asked' = 'follows'

  /** Null where there is no other screen to ask for: nothing is dropped. */
  constructor(startOver: (() => void) | null) {
    this.#startOver = startOver
  }

  /** To be called when the bytes are parsed; null when they are not to be written. */
  take(bytes: number): (() => void) | null {
    if (this.#state !== 'follows') return null
    if (this.#startOver !== null && this.#waiting > 0 && this.#waiting + bytes > mostBytes) {
      this.#state = 'behind'
      return null
    }
    return this.#writing(bytes)
  }

  /** A snapshot is written whatever came before it. */
  startsOver(bytes: number): () => void {
    this.#state = 'follows'
    return this.#writing(bytes)
  }

  #writing(bytes: number): () => void {
    this.#waiting += bytes
    return () => {
      this.#waiting -= bytes
      if (this.#state !== 'behind' || this.#waiting > leastBytes) return
      this.#state = 'asked'
      this.#startOver?.()
    }
  }
}
