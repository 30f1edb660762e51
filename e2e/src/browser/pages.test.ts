import type { Machine } from '@agent-machines/core'
import type { Browser, ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { looks, sidewaysScrollOf, violationsOf } from '../testing/accessibility.ts'
import { launchBrowser, type SignedIn, signIn, terminalShows, typeKeys } from '../testing/browser.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { type CountingProxy, startCountingProxy } from '../testing/counting-proxy.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { deployMachine, untilState } from '../testing/machines.ts'

let proxy: CountingProxy
let plane: ControlPlaneProcess
let browser: Browser
let at: SignedIn
let awake: Machine
const complaints: string[] = []

beforeAll(async () => {
  proxy = await startCountingProxy()
  proxy.target = await freePort()
  plane = await startControlPlane({
    port: proxy.target,
    environment: { AGENT_MACHINES_PUBLIC_URL: proxy.url },
  })
  browser = await launchBrowser({ readableTerminal: true })
  at = await signIn(browser, plane)
  at.page.on('console', noteComplaint)
  at.page.on('pageerror', (error) => complaints.push(error.message))
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
  await proxy?.close()
})

function noteComplaint(message: ConsoleMessage): void {
  const isRefusal = /Content Security Policy|Refused to|violates/i.test(message.text())
  if (isRefusal) complaints.push(message.text())
}

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: RegExp, atMost = 40): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < atMost; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      const labels = [...(element?.labels ?? [])].map((label) => label.textContent ?? '')
      return element?.getAttribute('aria-label') ?? (labels.join(' ') || (element?.textContent ?? ''))
    })
    if (name.test(focused)) return
    passed.push(focused.slice(0, 40))
  }
  throw new Error(`${String(name)} is not reached by Tab, only ${passed.join(' | ')}`)
}

describe('signing in', () => {
  it('takes a link once, and says so the second time', async () => {
    const { url } = await plane.client.login()
    const first = await browser.newContext()
    const second = await browser.newContext()
    const [page, later] = [await first.newPage(), await second.newPage()]

    await page.goto(url)
    await page.waitForURL(/\/dashboard$/)
    expect(page.url()).not.toContain('token')
    await later.goto(url)

    await later.getByRole('heading', { name: 'This link is used up or too old' }).waitFor()
    await later.getByText('am login', { exact: true }).waitFor()
    expect(later.url()).not.toContain('token')
    expect(await violationsOf(later)).toEqual([])
    await Promise.all([first.close(), second.close()])
  })

  it('asks for a link where nobody is signed in, and comes back to the page that was wanted', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${plane.url}/dashboard/settings`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()

    const { url } = await plane.client.login()
    await page.evaluate((hash) => {
      location.hash = hash
    }, new URL(url).hash)

    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await context.close()
  })
})

describe('the keyboard alone', () => {
  it('leads from the link to typing into a shell', async () => {
    const { page } = at
    await tabTo(page, /^Deploy$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Deploy a machine' }).waitFor()
    await tabTo(page, /^Shell/)
    await page.keyboard.press('Space')
    await tabTo(page, /^Deploy and talk/)
    await page.keyboard.press('Enter')

    await page.locator('.xterm-rows').waitFor()
    await typeKeys(page, 'echo by-keys-$((6*7))')
    await page.keyboard.press('Enter')
    await terminalShows(page, 'by-keys-42')

    await page.keyboard.press('Control+Shift+ArrowUp')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('shell')
  })

  it('shows an echo time only once a key has been echoed', async () => {
    const { page } = at
    const pill = page.locator('.pill', { hasText: 'Live' })
    await page.reload()
    await terminalShows(page, 'by-keys-42')
    await pill.waitFor()
    expect((await pill.textContent())?.trim()).toBe('Live')

    await page.locator('.xterm-helper-textarea').focus()
    await typeKeys(page, 'abcdef')
    const echoMs = await eventually(
      'an echo time',
      async () => /^Live (\d+) ms$/.exec((await pill.textContent())?.trim() ?? '')?.[1],
    )
    expect(Number(echoMs)).toBeLessThan(150)
    await page.keyboard.press('Control+u')
  })
})

describe('every page', () => {
  beforeAll(async () => {
    const { items } = await plane.client.machines.list()
    awake = items[0] ?? (await deployMachine(plane))
    const asleep = await deployMachine(plane, { name: 'sleeper' })
    await plane.client.machines.sleep(asleep.id)
    await untilState(plane, asleep.id, ['asleep'])
  })

  const pages: readonly [string, () => string | Promise<string>, RegExp][] = [
    ['fleet', () => '/dashboard', /^Fleet$/],
    ['machines', () => '/dashboard/machines', /^Fleet$/],
    ['deploy', () => '/dashboard/deploy', /^Deploy a machine$/],
    ['settings', () => '/dashboard/settings', /^Credentials$/],
    ['overview', () => `/dashboard/machines/${awake.id}`, /^What it is doing$/],
    ['terminal', () => `/dashboard/machines/${awake.id}/terminal`, /./],
    ['asleep', async () => `/dashboard/machines/${await idOf('sleeper')}/terminal`, /sleeper is asleep/],
    ['nothing there', () => '/dashboard/nowhere', /nothing at this address/],
  ]

  it.each(pages)('%s has no violation and no sideways scroll', async (_, pathOf, heading) => {
    const { page } = at
    await page.goto(`${plane.url}${await pathOf()}`)
    await page.getByRole('heading', { name: heading }).first().waitFor()
    if (heading.source === '.') await page.locator('.xterm-rows').waitFor()
    for (const { width, height, colorScheme } of looks) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      expect(await sidewaysScrollOf(page), `${width} ${colorScheme}`).toBeLessThanOrEqual(0)
      expect(await violationsOf(page), `${width} ${colorScheme}`).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await sidewaysScrollOf(page), 'the narrowest').toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it.each(pages)('%s is there again after a reload', async (_, pathOf, heading) => {
    const { page } = at
    await page.goto(`${plane.url}${await pathOf()}`)
    await page.reload()
    await page.getByRole('heading', { name: heading }).first().waitFor()
    expect(new URL(page.url()).pathname).toBe(await pathOf())
  })

  it('leads on from its older addresses', async () => {
    const { page } = at
    await page.goto(`${plane.url}/dashboard/setup`)
    await page.waitForURL(/\/dashboard\/deploy$/)
  })

  it('on a phone opens the fleet beside a machine', async () => {
    const { page } = at
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${plane.url}/dashboard/machines/${awake.id}`)
    await page.getByRole('button', { name: /^Fleet/ }).click()
    const sheet = page.getByRole('dialog', { name: 'Fleet' })
    expect(await violationsOf(page)).toEqual([])

    await sheet.getByRole('link', { name: /^sleeper/ }).click()

    await page.getByRole('heading', { name: 'sleeper is asleep' }).waitFor()
    expect(await sheet.count()).toBe(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('breaks no rule of the content security policy', () => {
    expect(complaints).toEqual([])
  })
})

describe('live updates', () => {
  it('reach every tab of a browser over one stream', async () => {
    const tabs = [at.page, await at.context.newPage(), await at.context.newPage()]
    for (const page of tabs) await page.goto(`${plane.url}/dashboard`)

    const { id } = await deployMachine(plane, { name: 'seen-by-all' })

    for (const page of tabs) await page.getByRole('link', { name: /^seen-by-all, ready/ }).waitFor()
    await eventually('one stream', async () => proxy.openWith('GET /api/v1/events') === 1)
    await plane.client.machines.destroy(id)
    for (const page of tabs) {
      await page.getByRole('link', { name: /^seen-by-all/ }).waitFor({ state: 'detached' })
    }
    for (const page of tabs) await page.goto('about:blank')
    await eventually('no stream left', async () => proxy.openWith('GET /api/v1/events') === 0)
  })
})

async function idOf(name: string): Promise<string> {
  const { items } = await plane.client.machines.list()
  return items.find((machine) => machine.name === name)?.id ?? ''
}
