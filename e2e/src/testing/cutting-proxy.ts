import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { Random } from './random.ts'

/** A way to a control plane whose connections break. */
export interface CuttingProxy {
  readonly url: string
  /** Port it leads to; connections are refused until it is set. */
  target: number
  /** Connections broken so far. */
  readonly cuts: number
  /** Breaks connections at random moments, `betweenMs` apart on average, until `stop` is called. */
  start(random: Random, betweenMs: number): void
  stop(): void
  close(): Promise<void>
}

export async function startCuttingProxy(): Promise<CuttingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let timer: NodeJS.Timeout | undefined
  let cuts = 0
  const server = createServer((near) => {
    const far = connect(proxy.target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    const drop = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) socket.setNoDelay(true).on('error', drop).on('close', drop)
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 0,
    get cuts() {
      return cuts
    },
    start(random: Random, betweenMs: number) {
      const cut = () => {
        for (const [near, far] of pairs) {
          cuts += 1
          // Broken from either end, so that sometimes a key arrives and its answer does not.
          if (random.next() < 0.5) near.resetAndDestroy()
          else far.resetAndDestroy()
        }
        timer = setTimeout(cut, random.between(1, 2 * betweenMs))
      }
      cut()
    },
    stop: () => clearTimeout(timer),
    close: () => {
      clearTimeout(timer)
      for (const [near] of pairs) near.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}

/** A port of loopback that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
