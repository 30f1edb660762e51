import type { TransportKind } from '@agent-machines/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { openWatchedConsole } from '../testing/watched-connection.ts'

/** Ends every stream after two seconds, as hosts with a limit for functions do. */
const streamLimitS = '2'
const printNumbers = `awk 'BEGIN { for (n = 1; n <= 8000; n++) { printf "N%07d\\n", n; if (n % 20 == 0) { fflush(); system("sleep 0.007") } } }'`

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane({ environment: { AGENT_MACHINES_STREAM_LIMIT_S: streamLimitS } })
})

afterAll(() => removeControlPlane(plane))

it.each<TransportKind>(['ws', 'sse', 'poll'])(
  'shows every line by %s, and that it is live, while the host ends streams every two seconds',
  async (transport) => {
    const { connection, states } = await openWatchedConsole(plane, plane.url, [transport])
    let text = ''
    connection.on('snapshot', ({ reason }) => {
      text += `\nsnapshot: ${reason}\n`
    })
    connection.on('output', (bytes) => {
      text += Buffer.from(bytes).toString('latin1')
    })

    connection.type(`${printNumbers}\r`)
    await eventually('the last line', async () => text.includes('N0008000'), 60_000)

    const numbers = [...text.matchAll(/^N(\d{7})\r?$/gm)].map(([, digits]) => Number(digits))
    expect(text).not.toContain('snapshot:')
    expect(numbers).toEqual(Array.from({ length: 8000 }, (_, index) => index + 1))
    expect(states).toEqual(['connecting', `live ${transport}`])
  },
)
