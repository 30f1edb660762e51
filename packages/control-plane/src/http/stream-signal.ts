export interface StreamSignal {
  /** Aborts when the client is gone, the limit is over, or `abort` is called. */
  readonly signal: AbortSignal
  /** To be called when the answer is complete, too: it lets go of everything. */
  readonly abort: () => void
}

/** How long a stream that answers `request` goes on; `limitMs` null for as long as both sides want. */
export function streamSignal(request: Request, limitMs: number | null = null): StreamSignal {
  const controller = new AbortController()
  const outer = request.signal
  const abort = () => {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
    controller.abort()
  }
  const timer = limitMs === null ? undefined : setTimeout(abort, limitMs).unref()
  if (outer.aborted) abort()
  else outer.addEventListener('abort', abort)
  return { signal: controller.signal, abort }
}
