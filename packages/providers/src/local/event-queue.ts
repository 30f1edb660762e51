/** Events handed from callbacks to one reader, with their size so that the writer can be slowed down. */
export class EventQueue<T> {
  readonly #items: { item: T; size: number }[] = []
  #size = 0
  #closed = false
  #failure: { error: unknown } | undefined
  #wake: (() => void) | undefined
  readonly #onDrained: () => void

  constructor(onDrained: () => void) {
    this.#onDrained = onDrained
  }

  get size(): number {
    return this.#size
  }

  push(item: T, size: number): void {
    if (this.#closed) return
    this.#items.push({ item, size })
    this.#size += size
    this.#wake?.()
  }

  /** What was pushed is still read, then the reader ends, or fails with `error`. */
  close(failure?: { error: unknown }): void {
    if (this.#closed) return
    this.#closed = true
    this.#failure = failure
    this.#wake?.()
  }

  /** Resolves to undefined at the end. */
  async next(): Promise<T | undefined> {
    for (;;) {
      const first = this.#items.shift()
      if (first !== undefined) {
        this.#size -= first.size
        if (this.#items.length === 0) this.#onDrained()
        return first.item
      }
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#closed) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
