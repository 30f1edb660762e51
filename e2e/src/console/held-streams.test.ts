import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BufferingProxy, startBufferingProxy } from '../testing/buffering-proxy.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { seededRandom } from '../testing/random.ts'
import { digestOf, startReader } from '../testing/typing-console.ts'
import { openWatchedConsole } from '../testing/watched-connection.ts'

let plane: ControlPlaneProcess
let proxy: BufferingProxy

beforeAll(async () => {
  proxy = await startBufferingProxy()
  proxy.target = await freePort()
  plane = await startControlPlane({
    port: proxy.target,
    environment: { AGENT_MACHINES_PUBLIC_URL: proxy.url },
  })
})

afterAll(async () => {
  await removeControlPlane(plane)
  await proxy.close()
})

it.each([
  ['from the beginning', true],
  ['after a while', false],
])(
  'goes on by polls where a proxy holds the stream back %s, and types every byte once',
  async (_, atOnce) => {
    proxy.holdBytes = atOnce ? 1024 * 1024 : 0
    const { connection, machineId, states, undelivered } = await openWatchedConsole(plane, proxy.url, [
      'sse',
      'poll',
    ])
    proxy.holdBytes = 1024 * 1024
    const bytes = seededRandom('held back').bytes(2000)

    const reader = await startReader(() => plane, machineId, connection, bytes.length)
    for (const byte of bytes) connection.type(Uint8Array.of(byte))
    await reader.ended()
    await eventually('polls', async () => states.at(-1) === 'live poll')

    expect(await reader.received()).toEqual(digestOf(bytes))
    expect(undelivered).toEqual([])
    expect(states).toEqual(atOnce ? ['connecting', 'live poll'] : ['connecting', 'live sse', 'live poll'])
  },
)
