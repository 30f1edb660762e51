import type { ServerEvent } from '../streams/server-event.ts'

const encoder = new TextEncoder()
const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
const idleAfterMs = 10_000

/** Writes an event in the wire format; JSON holds no raw line break, so one `data:` line is enough. */
export function formatEvent({ event, id, data }: ServerEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/**
 * Answers with `events` as they come, an `idle` event when nothing came for 10 s.
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
  let pending: Promise<IteratorResult<ServerEvent>> | null = null
  const stop = async () => {
    abort()
    await iterator.return?.()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        pending ??= iterator.next()
        const outcome = await firstOf(pending)
        if (outcome === 'idle') {
          controller.enqueue(encoder.encode(formatEvent({ event: 'idle', data: {} })))
          return
        }
        pending = null
        if (outcome.done) {
          controller.close()
          await stop()
        } else {
          controller.enqueue(encoder.encode(formatEvent(outcome.value)))
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: startStatus, headers })
}

async function firstOf(
  next: Promise<IteratorResult<ServerEvent>>,
): Promise<IteratorResult<ServerEvent> | 'idle'> {
  let timer: NodeJS.Timeout | undefined
  const idle = new Promise<'idle'>((resolve) => {
    timer = setTimeout(() => resolve('idle'), idleAfterMs)
  })
  try {
    return await Promise.race([next, idle])
  } finally {
    clearTimeout(timer)
  }
}
