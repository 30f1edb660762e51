import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine } from '../testing/machines.ts'
import type { Screen } from '../testing/screen.ts'
import { type AttachedTerminal, attachTerminal } from './attached-terminal.ts'
import { type ConsoleClient, openConsole } from './console-client.ts'
import { type PaneRecording, recordPane } from './pane-recording.ts'

const size = { cols: 100, rows: 30 }
const keys = { up: '\x1bOA', down: '\x1bOB', right: '\x1bOC', escape: '\x1b', ctrlC: '\x03' }
/** Wide and combining characters, tabs, colours of both kinds and a line that does not fit. */
const text = [
  'plain ASCII text, 界面 wide, e\u0301 combining, ─│┌ lines, 👍 emoji',
  '\ttab\tstops\there',
  'x'.repeat(130),
  ...Array.from({ length: 200 }, (_, i) => `line ${i + 1} of many, ${'*'.repeat(i % 40)}`),
].join('\n')

let plane: ControlPlaneProcess
let machineId: string
let client: ConsoleClient
let recording: PaneRecording

beforeAll(async () => {
  plane = await startControlPlane()
  machineId = (await deployMachine(plane)).id
  const write = 'cat >"$HOME/text.txt"'
  await plane.client.machines.exec(machineId, { command: write, stdin: text })
  client = await openConsole(plane, machineId, size)
  await shows(client.screen, /[$#] ?$/m)
  recording = await recordPane(plane, machineId, size)
  client.type('cd; clear; echo at-$((40+2))\r')
  await shows(client.screen, /at-42/)
})

afterAll(async () => {
  client?.close()
  if (plane) await removeControlPlane(plane)
})

describe('a full-screen program in the console', () => {
  it('shows an editor as it draws itself, and cursor keys move in it', async () => {
    client.type('$(command -v vim || command -v vi) text.txt\r')
    await shows(client.screen, /plain ASCII text/)
    await isExact()

    client.type(`${keys.down}${keys.down}${keys.down}${keys.right}${keys.right}`)
    client.type('iTYPED\x1b')
    await shows(client.screen, /liTYPEDne 1 of many/)
    await isExact()
    client.type('G')
    await shows(client.screen, /line 200 of many/)
    await isExact()
  })

  it('is the same after joining again in the middle', async () => {
    client.close()
    client = await openConsole(plane, machineId, size)
    await isExact()

    client.type(`${keys.up}x`)
    await shows(client.screen, /^ine 199 of many/m)
    await isExact()
  })

  it('shows the same cells in am attach, whose keys obey too', async () => {
    const attached = attachTerminal(plane, machineId, size)
    await shows(attached.screen, /line 200 of many/)
    await isExact(attached.screen)

    attached.press('gg')
    await shows(attached.screen, /plain ASCII text/)
    attached.press(`${keys.down}${keys.down}x`)
    await isExact(attached.screen)
    attached.press(':q!\r')
    await shows(attached.screen, /at-42/)
    await isExact(attached.screen)
    await detach(attached)
  })

  it('shows a pager as it draws itself, and q leaves it', async () => {
    client.close()
    client = await openConsole(plane, machineId, size)
    client.type('less -N text.txt\r')
    await shows(client.screen, /plain ASCII text/)
    await isExact()

    client.type(' ')
    await shows(client.screen, /line 30 of many/)
    await isExact()
    client.type('/line 150 \r')
    await shows(client.screen, /line 150 of many/)
    await isExact()
    client.type('q')
    await shows(client.screen, /at-42/)
    await isExact()
  })

  it('shows a process viewer as it draws itself, also to a terminal that joins late', async () => {
    client.type('if command -v htop >/dev/null; then htop -d 100; else top -d 10; fi\r')
    await shows(client.screen, /PID/)
    await isExact()

    const attached = attachTerminal(plane, machineId, size, ['--watch'])
    await shows(attached.screen, /PID/)
    await isExact(attached.screen)
    await detach(attached)
    client.type('q')
    await shows(client.screen, /at-42/)
    await isExact()
  })
})

/** Both what the client shows and, if given, another screen equal the reference, as soon as nothing moves. */
async function isExact(other?: Screen): Promise<void> {
  let difference: unknown
  const screens = [client.screen, ...(other ? [other] : [])]
  await eventually(
    'the same cells everywhere',
    async () => {
      const reference = await recording.cells()
      const differing = (await Promise.all(screens.map((screen) => screen.cells()))).flatMap((cells, which) =>
        cells.flatMap((row, y) => (row === reference[y] ? [] : [{ which, y, row, expected: reference[y] }])),
      )
      difference = differing
      return differing.length === 0
    },
    8_000,
  ).catch(() => undefined)
  expect(difference, await client.screen.text()).toEqual([])
}

function shows(screen: Screen, wanted: RegExp): Promise<true> {
  return eventually(
    `a screen with ${wanted}`,
    async () => wanted.test(await screen.text()) || null,
    15_000,
  ).catch(async (cause) => {
    throw new Error(`${String(cause)}\n${await screen.text()}`, { cause })
  })
}

async function detach(attached: AttachedTerminal): Promise<void> {
  expect(await attached.detach()).toBe(0)
}
