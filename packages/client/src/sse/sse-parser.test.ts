import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEventStream } from './read-event-stream.ts'
import { type SseMessage, SseParser } from './sse-parser.ts'

describe('the event-stream parser', () => {
  const cases: [string, string, SseMessage[]][] = [
    ['an unnamed event', 'data: a\n\n', [message('message', 'a')]],
    [
      'CR and CRLF line ends',
      'event: x\rdata: a\r\r\ndata: b\r\n\r\n',
      [message('x', 'a'), message('message', 'b')],
    ],
    ['several data lines', 'data: a\ndata\ndata:  b\n\n', [message('message', 'a\n\n b')]],
    ['comments and unknown fields', ': hi\nfoo: bar\ndata:a\n\n', [message('message', 'a')]],
    ['no data, no event', 'event: x\n\ndata: a\n\n', [message('message', 'a')]],
    [
      'an id that stays',
      'id: 7\ndata: a\n\ndata: b\n\n',
      [message('message', 'a', '7'), message('message', 'b', '7')],
    ],
    ['an id with NUL is ignored', 'id: a\0b\ndata: a\n\n', [message('message', 'a')]],
    ['half an event at the end', 'data: a\n\ndata: b\n', [message('message', 'a')]],
  ]
  for (const [name, text, expected] of cases) {
    it(`reads ${name}`, () => {
      expect(new SseParser().push(text)).toEqual(expected)
    })
  }

  it('remembers how long to wait before a reconnect', () => {
    const parser = new SseParser()

    parser.push('retry: 1500\nretry: soon\n')

    expect(parser.retryMs).toBe(1500)
  })

  it('reads the same events wherever the bytes are cut', async () => {
    const line = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[\r\n\0]/g, ''))
    const events = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), {
      minLength: 1,
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(events, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), async (pairs, sizes) => {
        const text = pairs.map(([data, end]) => `data: ${data}${end}${end}`).join('')
        const bytes = new TextEncoder().encode(text)

        const received: string[] = []
        for await (const { data } of readEventStream(inPieces(bytes, sizes))) received.push(data)

        expect(received).toEqual(new SseParser().push(text).map(({ data }) => data))
        expect(received.length).toBeGreaterThan(0)
      }),
    )
  })

  it('closes the connection when the reader stops', async () => {
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
      cancel: () => {
        cancelled = true
      },
    })

    for await (const _ of readEventStream(body)) break

    expect(cancelled).toBe(true)
  })

  it('says that the control plane is gone when the connection breaks', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new TypeError('terminated')),
    })

    await expect(readEventStream(body).next()).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
  })
})

function message(event: string, data: string, lastEventId = ''): SseMessage {
  return { event, data, lastEventId }
}

function inPieces(bytes: Uint8Array, sizes: Iterator<number>): ReadableStream<Uint8Array> {
  let offset = 0
  return new ReadableStream({
    pull: (controller) => {
      if (offset >= bytes.length) return controller.close()
      const end = offset + (sizes.next().value ?? 1)
      controller.enqueue(bytes.slice(offset, end))
      offset = end
    },
  })
}
