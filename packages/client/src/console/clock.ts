/** Time as the console connection sees it. */
export interface Clock {
  /** Milliseconds that only grow; may stand still while the computer sleeps. */
  now(): number
  /** Milliseconds of the day's clock, which goes on while the computer sleeps. */
  wall(): number
  /** Calls `action` once; what is returned takes it back. */
  after(ms: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}
