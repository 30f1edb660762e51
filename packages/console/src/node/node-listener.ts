import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'

/** Serves a fetch-style function with `node:http`. */
export function nodeListener(answer: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    void serve(answer, incoming, outgoing).catch((error: Error) => outgoing.destroy(error))
  }
}

async function serve(
  answer: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const leave = new AbortController()
  outgoing.on('close', () => leave.abort())
  const response = await answer(requestOf(incoming, leave.signal))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  if (response.body === null) outgoing.end()
  else {
    // A reader that leaves early ends the body; that is not an error.
    await pipeline(Readable.fromWeb(response.body as NodeStream), outgoing).catch(() => outgoing.destroy())
  }
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', headers } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(incoming.url ?? '/', `http://${headers.host ?? 'unnamed.invalid'}`), {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  })
}
