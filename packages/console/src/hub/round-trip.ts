const leastMs = 250
const patience = 3
const weight = 0.2
/** What took longer waited for something else. */
const longestMs = 2000

/** How long the console takes to answer, as measured. */
export class RoundTrip {
  #ms = 0

  /** The first measurement over another way. */
  restart(ms: number): void {
    this.#ms = Math.min(ms, longestMs)
  }

  note(ms: number): void {
    const capped = Math.min(ms, longestMs)
    this.#ms = this.#ms === 0 ? capped : this.#ms + weight * (capped - this.#ms)
  }

  /** After this an answer is not expected any more. */
  get overdueMs(): number {
    return Math.max(leastMs, patience * this.#ms)
  }
}
