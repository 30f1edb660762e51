import type { TransportKind } from '@agent-machines/client'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { type CuttingProxy, freePort, startCuttingProxy } from '../testing/cutting-proxy.ts'
import { deployMachine } from '../testing/machines.ts'
import { type Random, seededRandom } from '../testing/random.ts'
import { digestOf, openTypingConsole, startReader } from '../testing/typing-console.ts'

const pastedBytes = 100_000

let plane: ControlPlaneProcess
let proxy: CuttingProxy

beforeAll(async () => {
  proxy = await startCuttingProxy()
  proxy.target = await freePort()
  plane = await startControlPlane({
    port: proxy.target,
    environment: { AGENT_MACHINES_PUBLIC_URL: proxy.url },
  })
})

afterAll(async () => {
  await proxy.close()
  await removeControlPlane(plane)
})

it.each<[number, TransportKind]>([
  [20_000, 'ws'],
  [5_000, 'sse'],
  [5_000, 'poll'],
])(
  'types %i random bytes one by one over a %s connection that is cut at random: exactly once, in order',
  async (count, transport) => {
    const random = seededRandom(`input by ${transport}`)
    const bytes = random.bytes(count)
    const { console, reader } = await readingMachine(transport, random, count)
    const before = proxy.cuts

    proxy.start(random, 200)
    await console.typeOneByOne(bytes, 16)
    await reader.ended()
    proxy.stop()

    expect(console.undelivered).toEqual([])
    expect(await reader.received()).toEqual(digestOf(bytes))
    expect(proxy.cuts - before).toBeGreaterThanOrEqual(10)
    report(`typed by ${transport}`, count, reader.startedAt, proxy.cuts - before)
  },
)

it('pastes 100 KB over a connection that is cut at random: exactly once', async () => {
  const random = seededRandom('paste')
  const text = Buffer.from(random.bytes((pastedBytes * 3) / 4)).toString('base64')
  const { console, reader } = await readingMachine('ws', random, text.length)
  const before = proxy.cuts

  proxy.start(random, 50)
  console.connection.paste(text)
  await reader.ended()
  proxy.stop()

  expect(console.undelivered).toEqual([])
  expect(await reader.received()).toEqual(digestOf(Buffer.from(text)))
  report('pasted', text.length, reader.startedAt, proxy.cuts - before)
})

async function readingMachine(transport: TransportKind, random: Random, count: number) {
  const { id: machineId } = await deployMachine(plane)
  const { apiKey } = plane
  const console = await openTypingConsole({ baseUrl: proxy.url, apiKey, machineId, transport, random })
  const reader = await startReader(() => plane, machineId, console.connection, count)
  onTestFinished(() => console.connection.close())
  return { console, reader }
}

function report(what: string, bytes: number, since: number, cuts: number): void {
  process.stdout.write(`input: ${bytes} bytes ${what} in ${Date.now() - since} ms, ${cuts} cuts\n`)
}
