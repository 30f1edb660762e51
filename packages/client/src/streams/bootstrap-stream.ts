import {
  type Bootstrap,
  type BootstrapPhase,
  bootstrapPhaseSchema,
  bootstrapSchema,
} from '@agent-machines/core'
import { z } from 'zod'
import type { CallOptions } from '../api/call-options.ts'
import type { Http } from '../http/http.ts'
import { dataOf, errorOf } from './message-data.ts'
import { type Pause, resumeEvents } from './resume-events.ts'

export type BootstrapStreamEvent =
  | { readonly event: 'phase'; readonly phase: BootstrapPhase }
  | { readonly event: 'log'; readonly phase: string; readonly text: string }
  /** Exactly one, last. */
  | { readonly event: 'done'; readonly state: Bootstrap['state'] }

const logSchema = z.object({ phase: z.string(), text: z.string() })
const doneSchema = z.object({ state: bootstrapSchema.shape.state })

/** Phases and log of a bootstrap until it is done, across broken connections. */
export async function* followBootstrap(
  http: Http,
  path: string,
  pause: Pause,
  options: CallOptions & { lastEventId?: string } = {},
): AsyncGenerator<BootstrapStreamEvent, void, undefined> {
  const { signal, lastEventId } = options
  const open = (after: string) =>
    http.events('GET', path, { signal, headers: after ? { 'last-event-id': after } : {} })
  for await (const message of resumeEvents({ open, pause, signal, lastEventId })) {
    switch (message.event) {
      case 'phase':
        yield { event: 'phase', phase: dataOf(message, bootstrapPhaseSchema) }
        break
      case 'log':
        yield { event: 'log', ...dataOf(message, logSchema) }
        break
      case 'done':
        yield { event: 'done', state: dataOf(message, doneSchema).state }
        return
      case 'error':
        throw errorOf(message)
    }
  }
}
