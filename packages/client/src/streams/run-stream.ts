import {
  type RunEventName,
  runEventDataSchemas,
  runEventStampSchema,
  type StoredRunEvent,
} from '@agent-machines/core'
import type { CallOptions } from '../api/call-options.ts'
import type { AnswerSchema, Http } from '../http/http.ts'
import type { SseMessage } from '../sse/sse-parser.ts'
import { dataOf, errorOf } from './message-data.ts'
import { type Pause, resumeEvents } from './resume-events.ts'

/** What a run does, from behind `lastEventId` until its `end`, across broken connections. */
export async function* followRun(
  http: Http,
  path: string,
  pause: Pause,
  options: CallOptions & { lastEventId?: string } = {},
): AsyncGenerator<StoredRunEvent, void, undefined> {
  const { signal, lastEventId } = options
  const open = (after: string) =>
    http.events('GET', path, { signal, headers: after ? { 'last-event-id': after } : {} })
  for await (const message of resumeEvents({ open, pause, signal, lastEventId })) {
    if (isProblem(message)) throw errorOf(message)
    if (!isRunEvent(message.event)) continue
    yield eventOf(message.event, message)
    if (message.event === 'end') return
  }
}

/** `error` is also what the run itself told of; a problem of the stream has a code. */
function isProblem({ event, data }: SseMessage): boolean {
  return event === 'error' && 'code' in Object(JSON.parse(data))
}

function isRunEvent(name: string): name is RunEventName {
  return Object.hasOwn(runEventDataSchemas, name)
}

function eventOf(event: RunEventName, message: SseMessage): StoredRunEvent {
  const schema: AnswerSchema<StoredRunEvent['data']> = runEventDataSchemas[event]
  const data = dataOf(message, schema)
  const stamp = dataOf(message, runEventStampSchema)
  // The schema by the event's name has checked that they go together.
  return { event, data, seq: Number(message.lastEventId), ...stamp } as StoredRunEvent
}
