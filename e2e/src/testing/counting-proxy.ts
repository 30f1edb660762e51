import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a control plane that sees which requests are open at the moment. */
export interface CountingProxy {
  readonly url: string
  /** Port it leads to. */
  target: number
  /** Connections whose last request begins with `line`, such as `GET /api/v1/events`. */
  openWith(line: string): number
  close(): Promise<void>
}

export async function startCountingProxy(): Promise<CountingProxy> {
  const lastRequests = new Map<Socket, string>()
  const server = createServer((near) => {
    const far = connect(proxy.target, '127.0.0.1')
    const drop = () => {
      lastRequests.delete(near)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', drop).on('close', drop)
    near.on('data', (chunk: Buffer) => {
      const line = /^[A-Z]+ \/\S*/.exec(chunk.toString('latin1'))?.[0]
      if (line) lastRequests.set(near, line)
    })
    near.pipe(far)
    far.pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: CountingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 0,
    openWith: (line) => [...lastRequests.values()].filter((each) => each.startsWith(line)).length,
    close: async () => {
      for (const near of lastRequests.keys()) near.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
