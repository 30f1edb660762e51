/** Time as the console uses it; a test can hold it still. */
export interface Timers {
  now(): number
  /** Returns what stops it. */
  after(ms: number, run: () => void): () => void
}
