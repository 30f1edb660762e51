import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import type { ControlPlaneProcess } from './control-plane-process.ts'

const artifacts = fileURLToPath(new URL('../../../artifacts/', import.meta.url))

/** Debian's Chromium; without 3D the terminal draws its text into the page, where a test can read it. */
export function launchBrowser(options: { readonly readableTerminal?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...(options.readableTerminal ? ['--disable-3d-apis'] : []),
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-quic',
    ],
  })
}

export interface SignedIn {
  readonly context: BrowserContext
  readonly page: Page
}

const desk: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }

/** A touch screen of the size of most phones. */
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
}

/** A page of a fresh profile, signed in through a fresh one-time link as a person would. */
export async function signIn(
  browser: Browser,
  plane: ControlPlaneProcess,
  device: BrowserContextOptions = desk,
): Promise<SignedIn> {
  const context = await browser.newContext(device)
  const page = await context.newPage()
  const { url } = await plane.client.login()
  await page.goto(url)
  await page.waitForURL(/\/dashboard/)
  return { context, page }
}

/** Keeps a picture of the page with the test's artifacts. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true })
  await page.screenshot({ path: `${artifacts}${name}.png` })
}

/** The lines that the terminal of the page shows, without trailing spaces. */
export async function terminalLines(page: Page): Promise<string[]> {
  const rows = await page.locator('.xterm-rows > div').allTextContents()
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
}

/** Waits until the terminal shows `text`; fails with what it shows instead. */
export async function terminalShows(page: Page, text: string | RegExp, withinMs = 20_000): Promise<string> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const screen = (await terminalLines(page)).join('\n')
    if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen
    if (Date.now() > deadline) {
      const said = await page.locator('.pill, .toast').allTextContents()
      throw new Error(`${String(text)} is not on the screen (the page says: ${said.join(' | ')}):\n${screen}`)
    }
    await page.waitForTimeout(50)
  }
}

/** Types a command and Return. */
export async function runCommand(page: Page, command: string): Promise<void> {
  await typeKeys(page, command)
  await page.keyboard.press('Enter')
}

/** Types one key after the other, as fingers do. */
export async function typeKeys(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 15 })
}
