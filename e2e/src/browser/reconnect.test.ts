import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  launchBrowser,
  picture,
  type SignedIn,
  signIn,
  terminalLines,
  terminalShows,
  typeKeys,
} from '../testing/browser.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
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

it('keeps the screen and the keys while the control plane is dead, and loses nothing', async () => {
  const { page } = at
  const { id } = await deployMachine(plane)
  await page.goto(`${plane.url}/dashboard/machines/${id}/terminal`)
  await page.locator('.pill', { hasText: 'Live' }).waitFor()
  await typeKeys(
    page,
    'stty -echo; (while sleep 0.2; do echo "n-$((n+=1))"; done) & while read line; do echo "read $line"; done',
  )
  await page.keyboard.press('Enter')
  await terminalShows(page, /^n-5$/m)

  await plane.kill()
  await page.getByText('The connection broke.').waitFor()
  await typeKeys(page, 'typed-meanwhile')
  await page.keyboard.press('Enter')
  await page.locator('.pill', { hasText: '16 keys kept' }).waitFor()
  expect((await terminalLines(page)).join('\n')).toMatch(/^n-\d+$/m)
  await picture(page, 'reconnecting')
  plane = await startControlPlane({ data: plane.data, port: Number(new URL(plane.url).port) })

  await page.locator('.pill', { hasText: 'Live' }).waitFor({ timeout: 30_000 })
  await page.getByText('The connection broke.').waitFor({ state: 'detached' })
  const screen = await terminalShows(page, /^read typed-meanwhile$/m)
  const numbers = [...screen.matchAll(/^n-(\d+)/gm)].map(([, number]) => Number(number))
  expect(numbers.length).toBeGreaterThan(10)
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
  expect(screen.match(/^read typed-meanwhile$/gm)).toHaveLength(1)
})
