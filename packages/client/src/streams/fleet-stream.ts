import { type Machine, machineSchema } from '@agent-machines/core'
import { z } from 'zod'
import type { CallOptions } from '../api/call-options.ts'
import type { Http } from '../http/http.ts'
import { dataOf, errorOf } from './message-data.ts'
import { type Pause, resumeEvents } from './resume-events.ts'

export type FleetEvent =
  /** A connection stands, the first or a later one; what changed before it has to be listed. */
  | { readonly event: 'connected' }
  | { readonly event: 'machine'; readonly machine: Machine }
  | { readonly event: 'removed'; readonly id: string }

const changedSchema = z.object({ machine: machineSchema })
const removedSchema = z.object({ id: z.string() })

/** Changes of machines as they happen; reconnects by itself and never ends before the reader does. */
export async function* followFleet(
  http: Http,
  pause: Pause,
  options: CallOptions = {},
): AsyncGenerator<FleetEvent, void, undefined> {
  let announce = false
  const messages = resumeEvents({
    open: () => http.events('GET', '/events', { signal: options.signal }),
    pause,
    signal: options.signal,
    onOpen: () => {
      announce = true
    },
  })
  for await (const message of messages) {
    if (announce) yield { event: 'connected' }
    announce = false
    switch (message.event) {
      case 'machine':
        yield { event: 'machine', machine: dataOf(message, changedSchema).machine }
        break
      case 'removed':
        yield { event: 'removed', id: dataOf(message, removedSchema).id }
        break
      case 'error':
        throw errorOf(message)
    }
  }
}
