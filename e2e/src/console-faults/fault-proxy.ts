import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Random, randomFrom } from '../testing/random.ts'

/** What can happen to the connections that stand, or to those that are made from now on. */
export type NetworkFault = 'cut' | 'truncate' | 'half-open' | 'hold' | 'slow' | 'replay'

/** One way to several control planes, on which everything goes wrong that is asked for. */
export interface FaultProxy {
  readonly url: string
  /** Ports it leads to; each connection takes one of them. */
  targets: readonly number[]
  /** Nobody is connected any more, and chance begins anew. */
  restart(random: Random): void
  inflict(fault: NetworkFault): void
  /** The network is as it should be from here on; connections that lost something are broken. */
  heal(): void
  close(): Promise<void>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  /** Nothing passes any more, and nobody is told. */
  isDeaf: boolean
  /** The next bytes from the server are cut in the middle, and the connection with them. */
  isTruncated: boolean
  readonly delayMs: number
  /** Done once all that came so far was passed on. */
  toFar: Promise<void>
  toNear: Promise<void>
}

export async function startFaultProxy(): Promise<FaultProxy> {
  let random = randomFrom(1)
  const pairs = new Set<Pair>()
  const timers = new Set<NodeJS.Timeout>()
  let isSlow = false
  let isReplaying = false
  /** What comes from servers waits for this. */
  let hold = { done: Promise.resolve(), release: () => {} }

  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }
  const drop = (pair: Pair) => {
    pairs.delete(pair)
    pair.near.destroy()
    pair.far.destroy()
  }
  /** The same request once more, to any of the control planes, a little later. */
  const replay = (bytes: Buffer) => {
    if (!isWholeInput(bytes)) return
    const target = pick(random, proxy.targets)
    later(random.between(0, 300), () => {
      const again = connect(target, '127.0.0.1', () => again.write(bytes))
      again.on('error', () => again.destroy()).on('data', () => again.end())
    })
  }
  const server = createServer((near) => {
    const far = connect(pick(random, proxy.targets), '127.0.0.1')
    const delayMs = isSlow ? random.between(5, 120) : 0
    const idle = Promise.resolve()
    const pair: Pair = { near, far, isDeaf: false, isTruncated: false, delayMs, toFar: idle, toNear: idle }
    pairs.add(pair)
    for (const socket of [near, far]) {
      socket
        .setNoDelay(true)
        .on('error', () => drop(pair))
        .on('close', () => later(pair.delayMs + 5, () => drop(pair)))
    }
    const late = () => new Promise<void>((resolve) => later(delayMs, resolve))
    near.on('data', (bytes) => {
      if (pair.isDeaf) return
      if (isReplaying) replay(bytes)
      const due = late()
      pair.toFar = pair.toFar.then(() => due).then(() => void far.write(bytes))
    })
    far.on('data', (bytes) => {
      if (pair.isDeaf) return
      const due = Promise.all([late(), hold.done])
      pair.toNear = pair.toNear.then(async () => {
        await due
        if (!pair.isTruncated) near.write(bytes)
        else near.write(bytes.subarray(0, bytes.length >> 1), () => drop(pair))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const some = () => [...pairs].filter(() => random.next() < 0.7)
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    restart(next) {
      proxy.heal()
      for (const pair of pairs) drop(pair)
      random = next
    },
    inflict(fault) {
      switch (fault) {
        case 'hold':
          hold.release()
          hold = newHold()
          return
        case 'slow':
          isSlow = true
          return
        case 'replay':
          isReplaying = true
          return
        case 'half-open':
          for (const pair of some()) pair.isDeaf = true
          return
        case 'truncate':
          for (const pair of some()) pair.isTruncated = true
          return
        case 'cut':
          // Broken from either end, so that sometimes a key arrives and its answer does not.
          for (const { near, far } of some()) (random.next() < 0.5 ? near : far).resetAndDestroy()
      }
    },
    heal() {
      isSlow = false
      isReplaying = false
      hold.release()
      for (const pair of pairs) if (pair.isDeaf || pair.isTruncated) drop(pair)
    },
    close() {
      hold.release()
      for (const timer of timers) clearTimeout(timer)
      for (const pair of pairs) drop(pair)
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}

function newHold() {
  let release = () => {}
  const done = new Promise<void>((resolve) => {
    release = resolve
  })
  return { done, release }
}

/** Whether these bytes are one request that types something, with all of its body. */
function isWholeInput(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  const head = text.indexOf('\r\n\r\n')
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? -1)
  return /^POST \S+\/console\/(input|paste) /.test(text) && head >= 0 && text.length === head + 4 + length
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.next() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
