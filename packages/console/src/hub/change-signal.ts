import type { Timers } from './timers.ts'

/** Lets many wait for "something changed" without a queue per waiter. */
export class ChangeSignal {
  #waiting = new Set<() => void>()

  notify(): void {
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const resume of waiting) resume()
  }

  /** Resolves at the next change, after `ms`, or when the signal aborts. */
  next(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop()
        signal?.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const stop = timers.after(ms, done)
      this.#waiting.add(done)
      if (signal?.aborted) done()
      else signal?.addEventListener('abort', done)
    })
  }
}
