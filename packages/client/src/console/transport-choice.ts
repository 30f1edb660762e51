export type TransportKind = 'ws' | 'sse'

const failuresUntilFallback = 2
const shortLifeMs = 10_000
const retrySocketAfterMs = 120_000

/**
 * Decides which transport the next connection uses: the socket, or requests and an event stream after the
 * socket could not be opened, or broke soon, twice in a row. Later the socket gets another chance.
 */
export class TransportChoice {
  readonly #hasSocket: boolean
  #failures = 0
  #fellBackAt: number | null = null

  constructor(hasSocket: boolean) {
    this.#hasSocket = hasSocket
  }

  choose(now: number): TransportKind {
    if (!this.#hasSocket) return 'sse'
    if (this.#fellBackAt !== null && now - this.#fellBackAt < retrySocketAfterMs) return 'sse'
    if (this.#fellBackAt !== null) {
      this.#fellBackAt = null
      this.#failures = failuresUntilFallback - 1
    }
    return 'ws'
  }

  /** A socket closed by a failure; `livedMs` is 0 when it never stood. */
  socketBroke(livedMs: number, now: number): void {
    this.#failures = livedMs < shortLifeMs ? this.#failures + 1 : 0
    if (this.#failures >= failuresUntilFallback) this.#fellBackAt = now
  }
}
