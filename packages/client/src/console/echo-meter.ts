import { RecentMedian } from './recent-median.ts'

const longestWaitMs = 2000
const longestEchoMs = 5000

/**
 * Measures from a key to the first output after its acknowledgement.
 *
 * A key that echoes nothing is left out, and so is one that was typed while the connection did not stand:
 * it would measure the break.
 */
export class EchoMeter {
  readonly #samples = new RecentMedian()
  #waiting: { typedAt: number; ackedAt: number } | null = null
  #standsSince = Number.POSITIVE_INFINITY

  /** The connection stands from `now` on. */
  stands(now: number): void {
    this.#standsSince = now
  }

  /** The connection dropped. */
  interrupted(): void {
    this.#standsSince = Number.POSITIVE_INFINITY
    this.#waiting = null
  }

  acked(typedAt: number, now: number): void {
    if (typedAt >= this.#standsSince) this.#waiting = { typedAt, ackedAt: now }
  }

  output(now: number): void {
    if (!this.#waiting) return
    const { typedAt, ackedAt } = this.#waiting
    this.#waiting = null
    if (now - ackedAt > longestWaitMs || now - typedAt > longestEchoMs) return
    this.#samples.add(now - typedAt)
  }

  /** Median of the last 20; null before the first. */
  get medianMs(): number | null {
    return this.#samples.value
  }
}
