/** Time as the console connection sees it. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number
  /** Calls `action` once; what is returned takes it back. */
  after(ms: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}
