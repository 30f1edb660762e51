/** What was pushed, for one reader that keeps up. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #wake: (() => void) | null = null
  #ended = false
  #error: Error | undefined

  push(event: T): void {
    this.#waiting.push(event)
    this.#wake?.()
  }

  /** What was pushed before is still read. */
  end(error?: Error): void {
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      const event = this.#waiting.shift()
      if (event !== undefined) yield event
      else if (this.#ended) break
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
    if (this.#error !== undefined) throw this.#error
  }
}
