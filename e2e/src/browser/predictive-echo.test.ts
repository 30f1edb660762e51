import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  launchBrowser,
  picture,
  runCommand,
  type SignedIn,
  signIn,
  terminalShows,
} from '../testing/browser.ts'
import { type ControlPlaneProcess, removeControlPlane } from '../testing/control-plane-process.ts'
import { openTerminal } from '../testing/dashboard.ts'
import { deployMachine } from '../testing/machines.ts'
import { startTieredPlane } from '../testing/tiered-plane.ts'

let plane: ControlPlaneProcess
let browser: Awaited<ReturnType<typeof launchBrowser>>
let at: SignedIn

beforeAll(async () => {
  plane = await startTieredPlane({ roundTripMs: 400 })
  browser = await launchBrowser({ readableTerminal: true })
  at = await signIn(browser, plane)
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
})

it('shows keys before their echo on a machine that is far away, and leaves nothing of them behind', async () => {
  const { page } = at
  const { id } = await deployMachine(plane, { substrate: 'local-stream' })
  await openTerminal(page, plane, id)
  await page.locator('.xterm-helper-textarea').focus()
  // The connection learns how far away the machine is.
  for (const command of ['true', 'echo near', 'echo far']) await runCommand(page, command)
  await terminalShows(page, /^far$/m)
  await page.waitForTimeout(1000)

  const ahead = page.waitForFunction(() => {
    const predicted = document.querySelector('.am-prediction')?.textContent ?? ''
    const rows = [...document.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent).join('\n')
    return predicted.includes('h') && !rows.includes('abcdefgh')
  })
  await page.keyboard.type('abcdefgh', { delay: 150 })
  await ahead
  await picture(page, 'predictive-echo')

  await terminalShows(page, 'abcdefgh')
  await expect.poll(() => page.locator('.am-prediction').textContent()).toBe('')
})
