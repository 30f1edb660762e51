import type { Page } from 'playwright-core'
import { launchBrowser, runCommand, signIn, terminalShows } from '../../testing/browser.ts'
import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { openTerminal } from '../../testing/dashboard.ts'
import { deployShell } from '../bench-machine.ts'
import { type Figure, percentile, spreadOf } from '../figure.ts'

declare global {
  interface Window {
    paintTimes: number[]
  }
}

const keyEveryMs = 90
const lineLength = 40

/** From the keydown in Chromium to the frame that shows the character, with `cat` in the pane. */
export async function benchPainted(plane: ControlPlaneProcess, keys: number): Promise<Figure[]> {
  const took = await inTerminal(plane, 'local-attach', async (page) => {
    await runCommand(page, "printf 'cat-%s\\n' runs; exec cat")
    await terminalShows(page, 'cat-runs')
    return typeAndWatch(page, keys, 'Enter')
  })
  const figure = (share: number, goal: number): Figure => ({
    name: `Keydown to painted in Chromium, p${share * 100}`,
    value: percentile(took, share),
    unit: 'ms',
    goal,
    note: spreadOf(took),
  })
  return [figure(0.5, 8), figure(0.95, 25)]
}

/** The same at the prompt of a shell that is far away, where keys show before their echo. */
export async function benchPredicted(
  plane: ControlPlaneProcess,
  roundTripMs: number,
  keys: number,
): Promise<Figure[]> {
  const took = await inTerminal(plane, 'local-stream', async (page) => {
    await runCommand(page, 'true')
    // Prediction begins once the echo was seen to be slow, and shows once a first guess proved right.
    await typeAndWatch(page, 12, 'Control+u')
    return typeAndWatch(page, keys, 'Control+u')
  })
  return [
    {
      name: `Keydown to painted at a shell ${roundTripMs} ms away, p50`,
      value: percentile(took, 0.5),
      unit: 'ms',
      goal: 16,
      note: spreadOf(took),
    },
  ]
}

async function inTerminal<Result>(
  plane: ControlPlaneProcess,
  substrate: string,
  act: (page: Page) => Promise<Result>,
): Promise<Result> {
  const machineId = await deployShell(plane, substrate)
  const browser = await launchBrowser({ readableTerminal: true })
  try {
    const { page } = await signIn(browser, plane)
    await openTerminal(page, plane, machineId)
    await page.locator('.xterm-helper-textarea').focus()
    return await act(page)
  } finally {
    await browser.close()
    await plane.client.machines.destroy(machineId)
  }
}

/** What each key took; `newLine` is pressed, unmeasured, before a line gets long. */
async function typeAndWatch(page: Page, keys: number, newLine: string): Promise<number[]> {
  await page.evaluate(watchKeys)
  for (let i = 0; i < keys; i++) {
    if (i % lineLength === 0) {
      await page.keyboard.press(newLine)
      await page.waitForTimeout(500)
    }
    await page.keyboard.press('abcdefghij'.charAt(i % 10))
    await page.waitForTimeout(keyEveryMs + Math.random() * 20)
  }
  await page.waitForTimeout(500)
  return page.evaluate(() => window.paintTimes)
}

/** Notes for each letter when the frame that first changes the terminal's picture after it has been handed on. */
const watchKeys = `
  let began = 0
  const times = (window.paintTimes = [])
  const painted = () => {
    if (began === 0) return
    const from = began
    began = 0
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => times.push(performance.now() - from)
    port2.postMessage(null)
  }
  const noted = ({ key, ctrlKey }) => {
    began = key.length === 1 && !ctrlKey ? performance.now() : 0
  }
  window.addEventListener('keydown', noted, { capture: true })
  const observer = new MutationObserver(painted)
  for (const layer of document.querySelectorAll('.xterm-rows, .am-prediction')) {
    observer.observe(layer, { subtree: true, childList: true, characterData: true })
  }
  undefined`
