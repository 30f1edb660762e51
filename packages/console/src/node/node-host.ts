import { randomBytes } from 'node:crypto'
import type { Timers } from '../hub/timers.ts'

/** What Node has of the things that the console takes as parameters. */
export const nodeHost: { readonly timers: Timers; readonly randomId: () => string } = {
  timers: {
    now: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms).unref()
      return () => clearTimeout(timer)
    },
  },
  randomId: () => randomBytes(8).toString('hex'),
}
