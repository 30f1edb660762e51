import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordPane } from '../fidelity/pane-recording.ts'
import { launchBrowser, type SignedIn, signIn, terminalShows, typeKeys } from '../testing/browser.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { drawnCells, referencePage } from '../testing/drawn-cells.ts'
import { deployMachine } from '../testing/machines.ts'

let plane: ControlPlaneProcess
let browser: Browser
let at: SignedIn

beforeAll(async () => {
  plane = await startControlPlane()
  browser = await launchBrowser({ readableTerminal: true })
  at = await signIn(browser, plane)
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
})

it.each([
  ['an editor', 'vi -c "syntax on" prog.c', 'return', ['ArrowDown', 'ArrowRight']],
  ['a pager', 'less prog.c', 'return', ['ArrowDown']],
  ['a process viewer', 'htop -d 600', 'PID', ['ArrowDown']],
])(
  'draws %s cell by cell as an emulator does that was fed with all its bytes',
  async (_kind, command, sign, keys) => {
    const { page } = at
    const { id } = await deployMachine(plane)
    await plane.client.machines.exec(id, { command: `printf '%s' '${program}' >work/prog.c` })
    await page.goto(`${plane.url}/dashboard/machines/${id}/terminal`)
    await terminalShows(page, '#')
    const { cols, rows } = await plane.client.console.open(id, { cols: 80, rows: 24 })
    const recording = await recordPane(plane, id, { cols, rows })

    await typeKeys(page, command)
    await page.keyboard.press('Enter')
    await terminalShows(page, sign)
    for (const key of keys) await page.keyboard.press(key)

    await sameCells(page, async () => referencePage(at.context, { cols, rows }, await recording.bytes()))
    await page.reload()
    await terminalShows(page, sign)
    await sameCells(page, async () => referencePage(at.context, { cols, rows }, await recording.bytes()))
  },
)

async function sameCells(page: Page, open: () => Promise<Page>): Promise<void> {
  let drawn: string[][] = []
  let expected: string[][] = []
  await eventually(
    'the same cells',
    async () => {
      const reference = await open()
      expected = await drawnCells(reference)
      await reference.close()
      drawn = await drawnCells(page)
      return JSON.stringify(drawn) === JSON.stringify(expected)
    },
    8_000,
  ).catch(() => undefined)
  expect(drawn).toEqual(expected)
}

const program = `#include <stdio.h>

int main(void) {
  /* a comment */
  puts("hello");
  return 0;
}
`
