import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser, signIn, terminalShows } from './browser.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  type StartOptions,
  startControlPlane,
} from './control-plane-process.ts'

/** A control plane and a signed-in page, for all the tests of a file. */
export interface Dashboard {
  plane: ControlPlaneProcess
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
}

/** Starts before the first test of the file and is gone after the last; `options` is asked when it starts. */
export function dashboardOfFile(
  options: () => StartOptions | Promise<StartOptions> = () => ({}),
  look: Parameters<typeof launchBrowser>[0] = { readableTerminal: true },
): Dashboard {
  const dashboard = {} as { -readonly [Part in keyof Dashboard]: Dashboard[Part] }
  beforeAll(async () => {
    dashboard.plane = await startControlPlane(await options())
    dashboard.browser = await launchBrowser(look)
    Object.assign(dashboard, await signIn(dashboard.browser, dashboard.plane))
  })
  afterAll(async () => {
    await dashboard.browser?.close()
    if (dashboard.plane) await removeControlPlane(dashboard.plane)
  })
  return dashboard
}

/** Opens the terminal of a machine and waits for its prompt. */
export async function openTerminal(page: Page, plane: ControlPlaneProcess, id: string): Promise<void> {
  await page.goto(`${plane.url}/dashboard/machines/${id}/terminal`)
  await untilLive(page)
  await terminalShows(page, /[$#]/)
}

export async function untilLive(page: Page): Promise<void> {
  await page.locator('.pill', { hasText: 'Live' }).waitFor({ timeout: 30_000 })
}
