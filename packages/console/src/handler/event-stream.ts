import type { ConsoleEvent } from '@agent-machines/core'

const encoder = new TextEncoder()

/** Writes an event in the wire format; JSON holds no raw line break, so one `data:` line is enough. */
export function formatEvent({ event, id, data }: { event: string; id?: string; data: unknown }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Answers with `events`, each pulled only when the reader took the one before; `abort` is called at the end. */
export function eventStream(events: AsyncIterable<ConsoleEvent>, abort: () => void): Response {
  const iterator = events[Symbol.asyncIterator]()
  const stop = async () => {
    abort()
    await iterator.return?.()
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) {
          controller.close()
          await stop()
        } else controller.enqueue(encoder.encode(formatEvent(value)))
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
