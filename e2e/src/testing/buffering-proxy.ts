import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to a control plane that collects event streams before it passes them on, as some company proxies do. */
export interface BufferingProxy {
  readonly url: string
  /** Port it leads to. */
  target: number
  /** An event stream's body is held until so much of it has come together; 0 passes everything on at once. */
  holdBytes: number
  /** Event streams asked for so far. */
  readonly streams: number
  close(): Promise<void>
}

export async function startBufferingProxy(): Promise<BufferingProxy> {
  let streams = 0
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    const onward = request({ host: '127.0.0.1', port: proxy.target, method, path: url, headers })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream')
      if (isStream) streams += 1
      if (isStream) hold(answer, outgoing)
      else answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  const hold = (answer: IncomingMessage, outgoing: ServerResponse) => {
    let held: Buffer[] = []
    answer.on('data', (chunk: Buffer) => {
      held.push(chunk)
      const body = Buffer.concat(held)
      if (body.length < proxy.holdBytes) return
      held = []
      outgoing.write(body)
    })
    answer.on('end', () => outgoing.end(Buffer.concat(held)))
    answer.on('error', () => outgoing.destroy())
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 0,
    holdBytes: 0,
    get streams() {
      return streams
    },
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}
