import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { violationsOf } from '../testing/accessibility.ts'
import { picture, runCommand, terminalLines, terminalShows, typeKeys } from '../testing/browser.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { dashboardOfFile, openTerminal, untilLive } from '../testing/dashboard.ts'
import { deployMachine } from '../testing/machines.ts'

const at = dashboardOfFile()
let id: string

beforeAll(async () => {
  ;({ id } = await deployMachine(at.plane, { name: 'long' }))
  await openTerminal(at.page, at.plane, id)
})

const firstLine = async (page: Page) => (await terminalLines(page))[0] ?? ''
const focusTerminal = (page: Page) => page.locator('.xterm-helper-textarea').focus()

describe('the scrollback', () => {
  it('loads older lines at its top and keeps the place', async () => {
    const { page } = at
    await runCommand(page, "for n in $(seq 1 3000); do echo line-$n; done; echo 'all'-printed")
    await terminalShows(page, 'all-printed')
    await page.reload()
    await untilLive(page)
    await terminalShows(page, 'all-printed')
    await focusTerminal(page)

    let before = Number.POSITIVE_INFINITY
    await eventually('the oldest line', async () => {
      for (let press = 0; press < 5; press++) await page.keyboard.press('Shift+PageUp')
      const line = await firstLine(page)
      const number = Number(/^line-(\d+)$/.exec(line)?.[1])
      // What is loaded above must not move what is looked at.
      if (number > 0) expect(number).toBeLessThanOrEqual(before)
      before = number > 0 ? number : before
      return (await terminalLines(page)).includes('line-1')
    })
    await page.getByRole('button', { name: /^↓/ }).click()
    await terminalShows(page, 'all-printed')
  })

  it('says how many lines came in below, and goes there', async () => {
    const { page } = at
    await focusTerminal(page)
    await runCommand(page, 'sleep 1; seq 1 30')
    await page.locator('.xterm-screen').hover()
    await page.mouse.wheel(0, -2000)
    await page.getByRole('button', { name: /^↓ \d+ new lines$/ }).click()
    await terminalShows(page, /^30$/m)
  })

  it('is searched: count, next, previous, case, pattern, also in lines that were not loaded', async () => {
    const { page } = at
    await page.reload()
    await untilLive(page)
    await terminalShows(page, /^30$/m)
    await page.keyboard.press('Control+Shift+F')
    const field = page.getByRole('textbox', { name: 'Search the scrollback' })
    await field.fill('line-42')
    const found = page.getByRole('search').getByRole('status')
    await eventually('all matches', async () => {
      // Older lines come in after the search was opened.
      await field.fill('line-4')
      await field.fill('line-42')
      return /of 11$/.test((await found.textContent()) ?? '')
    })
    const first = await found.textContent()
    await page.keyboard.press('Enter')
    expect(await found.textContent()).not.toBe(first)
    await page.keyboard.press('Shift+Enter')
    expect(await found.textContent()).toBe(first)
    await field.fill('LINE-42')
    await found.getByText(/of 11$/).waitFor()
    await page.getByRole('button', { name: 'Match case' }).click()
    await found.getByText('No match').waitFor()
    await field.fill('^line-[0-9]{2}$')
    await page.getByRole('button', { name: 'Pattern' }).click()
    await found.getByText(/of 90$/).waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-search')
    await field.focus()
    await page.keyboard.press('Escape')
  })

  it('turns no wheel for a program that did not ask for the mouse', async () => {
    const { page } = at
    await focusTerminal(page)
    await runCommand(page, 'seq 1 500 > n.txt; less n.txt')
    await terminalShows(page, 'n.txt')
    await page.locator('.xterm-screen').hover()
    await page.mouse.wheel(0, 400)
    await page.keyboard.press('ArrowDown')
    await eventually('one line down', async () => (await firstLine(page)) === '2')
    await page.keyboard.press('q')
  })
})

describe('the letters', () => {
  it('grow and shrink from the bar, and the grid follows', async () => {
    const { page } = at
    const cols = async () => (await at.plane.client.console.open(id, { cols: 80, rows: 24 })).cols
    const before = await cols()
    await page.getByRole('button', { name: 'Larger letters' }).click()
    await page.getByRole('button', { name: 'Larger letters' }).click()
    await eventually('a smaller grid', async () => (await cols()) < before)
    await page.getByRole('button', { name: 'Smaller letters' }).click()
    await page.getByRole('button', { name: 'Smaller letters' }).click()
    await eventually('the grid of before', async () => (await cols()) === before)
  })

  it('stand on a light glass when that is chosen', async () => {
    const { page } = at
    await page.goto(`${at.plane.url}/dashboard/settings`)
    await page.getByRole('radio', { name: 'Light' }).first().check({ force: true })
    await page.getByText('Saved in this browser').waitFor()
    await openTerminal(page, at.plane, id)
    await runCommand(
      page,
      "for c in 1 2 3 4 5 6 7; do printf '\\033[3%dm colour %d \\033[9%dm bright\\033[0m\\n' $c $c $c; done",
    )
    await terminalShows(page, 'colour 7')
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-light-glass')
    await page.evaluate(() => localStorage.removeItem('am.settings'))
  })
})

describe('the connection', () => {
  it('offline: says so, keeps the keys and sends them once', async () => {
    const { page } = at
    await openTerminal(page, at.plane, id)
    await at.context.setOffline(true)
    await page.getByText('Offline. What you type is kept, sent once you are back.').waitFor()
    await typeKeys(page, 'pwd #x')
    await page.getByText('Offline. 6 keys kept, sent once you are back.').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-offline')
    await at.context.setOffline(false)
    await untilLive(page)
    await page.keyboard.press('Enter')
    await terminalShows(page, 'pwd #x')
  })

  it('opens to what is known of it', async () => {
    const { page } = at
    await page.locator('button.pill').click()
    const detail = page.getByRole('region', { name: 'Connection' })
    await detail.getByText('WebSocket').waitFor()
    await detail.getByText('Last break').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-connection')
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
  })

  it('gives keys back, to see, copy and type again, when their program is gone', async () => {
    const { page } = at
    await focusTerminal(page)
    await at.context.setOffline(true)
    await page.getByText('Offline.').first().waitFor()
    await typeKeys(page, 'echo given-$((1+1))')
    await at.plane.client.machines.exec(id, { command: 'tmux -S "$(am-console socket agent)" kill-server' })
    await at.context.setOffline(false)
    const line = page.getByRole('alert').filter({ hasText: 'Not typed' })
    await line.getByText('echo given-$((1+1))').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'terminal-undelivered')
    await terminalShows(page, /[$#]/)
    await line.getByRole('button', { name: 'Type it again' }).click()
    await page.keyboard.press('Enter')
    await terminalShows(page, 'given-2')
  })
})
