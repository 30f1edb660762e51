import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'

export interface DelayingProxy {
  readonly port: number
  /** Added to each direction of every connection from here on and of those that stand. */
  oneWayMs: number
  stop(): Promise<void>
}

/** A way to `port` that is as long as wanted; nothing overtakes anything. */
export async function startDelayingProxy(port: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = dial({ port, host: '127.0.0.1', noDelay: true })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        setTimeout(() => to.end(), proxy.oneWayMs)
      })
      from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), proxy.oneWayMs))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const proxy: DelayingProxy = {
    port: address.port,
    oneWayMs: 0,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
