import { AgentMachinesError, fromProblem, problemSchema } from '@agent-machines/core'
import type { AnswerSchema } from '../http/http.ts'
import type { SseMessage } from '../sse/sse-parser.ts'

/** The JSON of an event, checked. */
export function dataOf<T>(message: SseMessage, schema: AnswerSchema<T>): T {
  const parsed = schema.safeParse(jsonOf(message))
  if (parsed.success) return parsed.data
  throw new AgentMachinesError(
    'INTERNAL',
    `An event \`${message.event}\` has a form that is not known here.`,
    {
      cause: parsed.error,
    },
  )
}

/** The error that an `error` event reports. */
export function errorOf(message: SseMessage): AgentMachinesError {
  return fromProblem(dataOf(message, problemSchema))
}

function jsonOf(message: SseMessage): unknown {
  try {
    return JSON.parse(message.data)
  } catch {
    // Not JSON: `undefined` fails every schema, which names the event.
    return undefined
  }
}
