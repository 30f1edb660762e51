const kept = 20

/** The median of the last 20 values. */
export class RecentMedian {
  readonly #values: number[] = []

  add(value: number): void {
    this.#values.push(value)
    if (this.#values.length > kept) this.#values.shift()
  }

  /** Null before the first. */
  get value(): number | null {
    const sorted = [...this.#values].sort((a, b) => a - b)
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
  }
}
