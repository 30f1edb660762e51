import { type ConsoleEvent, fromProblem } from '@agent-machines/core'
import type { LinkListener } from './console-link.ts'

/** Tells `listener` what an event means; the same on every transport. */
export function deliver(event: ConsoleEvent, client: string | undefined, listener: LinkListener): void {
  switch (event.event) {
    case 'ack':
      if (event.data.client === client) listener.acked(event.data.acked)
      return
    case 'error':
      listener.refused(fromProblem(event.data), event.data.seq ?? null)
      return
    default:
      listener.event(event)
  }
}
