import { formatEvent } from '@agent-machines/console'
import type { ServerEvent } from '../streams/server-event.ts'

const encoder = new TextEncoder()
const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
/** A reader is promised one every 15 s at least. */
const idleAfterMs = 12_000

/**
 * Answers with `events` as they come, an `idle` event when nothing came for 12 s.
 *
 * Pulls the next event only when the client took the one before, so a slow client costs one event of
 * memory. `abort` is called when the client is gone or the events end.
 */
export function eventStream(
  events: AsyncIterable<ServerEvent>,
  abort: () => void,
  startStatus = 200,
): Response {
  const iterator = events[Symbol.asyncIterator]()
  let quiet: NodeJS.Timeout | undefined
  const stop = async () => {
    clearInterval(quiet)
    abort()
    await iterator.return?.()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        quiet = setInterval(() => {
          const isTaken = controller.desiredSize === 0
          if (isTaken) controller.enqueue(encoder.encode(formatEvent({ event: 'idle', data: {} })))
        }, idleAfterMs).unref()
      },
      async pull(controller) {
        const { done, value } = await iterator.next().catch(async (error: unknown) => {
          await stop()
          throw error
        })
        quiet?.refresh()
        if (done) {
          controller.close()
          await stop()
        } else controller.enqueue(encoder.encode(formatEvent(value)))
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: startStatus, headers })
}
