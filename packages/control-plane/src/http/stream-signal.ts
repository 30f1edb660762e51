export interface StreamSignal {
  /** Aborts when the client is gone, the limit is over, or `abort` is called. */
  readonly signal: AbortSignal
  readonly abort: () => void
}

/** How long a stream that answers `request` goes on; `limitMs` null for as long as both sides want. */
export function streamSignal(request: Request, limitMs: number | null = null): StreamSignal {
  const controller = new AbortController()
  const limit = limitMs === null ? [] : [AbortSignal.timeout(limitMs)]
  return {
    signal: AbortSignal.any([controller.signal, request.signal, ...limit]),
    abort: () => controller.abort(),
  }
}
