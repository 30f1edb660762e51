import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ScriptedText } from './prompt-script.ts'

/** What was written before has left by then. */
const beforeCutMs = 100

/** One server-sent event whose data names its own type. */
export interface StreamEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** Sends `events` as they come; ends early, without an error, when the client has gone. */
export function sendEvents(response: ServerResponse, events: AsyncIterable<StreamEvent>): Promise<void> {
  return send(response, events, (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

/** Sends events that have no name; ends as `sendEvents` does. */
export function sendData(response: ServerResponse, data: AsyncIterable<string>): Promise<void> {
  return send(response, data, (text) => `data: ${text}\n\n`)
}

async function send<T>(response: ServerResponse, events: AsyncIterable<T>, toText: (event: T) => string) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for await (const event of events) {
    if (response.destroyed) return
    response.write(toText(event))
  }
  response.end()
}

/** The tokens with the pause before each; throws at the end of a text that is cut, which ends the connection. */
export async function* paced({ tokens, delayMs, isCut }: ScriptedText): AsyncGenerator<string> {
  for (const token of tokens) {
    if (delayMs > 0) await delay(delayMs)
    yield token
  }
  if (!isCut) return
  await delay(beforeCutMs)
  throw new Error('scripted cut')
}
