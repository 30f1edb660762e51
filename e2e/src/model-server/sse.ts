import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** One server-sent event whose data names its own type. */
export interface StreamEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** Sends `events` as they come; ends early, without an error, when the client has gone. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<StreamEvent>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for await (const event of events) {
    if (response.destroyed) return
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  response.end()
}

/** The tokens with the pause before each. */
export async function* paced(tokens: readonly string[], delayMs: number): AsyncGenerator<string> {
  for (const token of tokens) {
    if (delayMs > 0) await delay(delayMs)
    yield token
  }
}
