import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { sidewaysScrollOf, violationsOf } from '../testing/accessibility.ts'
import {
  phone,
  picture,
  runCommand,
  signIn,
  terminalLines,
  terminalShows,
  typeKeys,
} from '../testing/browser.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { dashboardOfFile, openTerminal } from '../testing/dashboard.ts'
import { deployMachine } from '../testing/machines.ts'

const at = dashboardOfFile()
let second: Page
let hand: Page
let id: string

beforeAll(async () => {
  ;({ id } = await deployMachine(at.plane, { name: 'shared' }))
  second = (await signIn(at.browser, at.plane)).page
  hand = (await signIn(at.browser, at.plane, phone)).page
})

const bothLooks = async (page: Page, name: string) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violationsOf(page)).toEqual([])
    await picture(page, `${name}-${colorScheme}`)
  }
}

const gridOf = (page: Page) =>
  page.evaluate(() => {
    const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().toJSON()
    return { screen: box('.xterm-screen') as DOMRect, frame: box('.glass-screen') as DOMRect }
  })

describe('two browsers and a phone on one console', () => {
  it('show the same screen; the first drives, the others are counted', async () => {
    await openTerminal(at.page, at.plane, id)
    await openTerminal(second, at.plane, id)
    await openTerminal(hand, at.plane, id)

    await runCommand(at.page, 'echo seen-by-$((1+2))')

    for (const page of [at.page, second, hand]) await terminalShows(page, 'seen-by-3')
    await at.page.getByText('You drive, 2 watching').waitFor()
    await second.getByText(/^Watching\. Another window drives, \d+ × \d+$/).waitFor()
    expect(await sidewaysScrollOf(hand)).toBe(0)
    const { screen, frame } = await gridOf(hand)
    expect(screen.width).toBeLessThanOrEqual(frame.width)
    expect(screen.height).toBeLessThanOrEqual(frame.height)
    await bothLooks(hand, 'terminal-phone-watching')
  })

  it('does nothing with the keys of a viewer but to show who could take them', async () => {
    await second.bringToFront()
    await second.locator('.xterm-helper-textarea').focus()
    await typeKeys(second, 'x')
    await second.locator('.take-over[data-flash="true"]').waitFor()
    await second.locator('.take-over[data-flash="false"]').waitFor()
    await runCommand(at.page, 'echo still-$((1+1))')
    await terminalShows(second, 'still-2')
    expect((await terminalLines(second)).join('\n')).not.toMatch(/x$/m)
    expect(await second.getByRole('alert').count()).toBe(0)
  })

  it('gives the phone the keys and its size; the others see its grid in a frame', async () => {
    await hand.getByRole('button', { name: 'Take over' }).tap()

    await second.getByText(/^Watching\. A phone drives, \d+ × \d+$/).waitFor()
    await at.page.getByText('A phone drives shared now').waitFor()
    const { cols } = await at.plane.client.console.open(id, { cols: 80, rows: 24 })
    expect(cols).toBeLessThan(60)
    await hand.locator('.xterm-helper-textarea').focus()
    await runCommand(hand, 'seq 1 9; echo from-the-phone')
    for (const page of [at.page, second]) await terminalShows(page, 'from-the-phone')
    const { screen, frame } = await gridOf(at.page)
    expect(screen.x - frame.x).toBeGreaterThan(100)
    expect(Math.abs(screen.x - frame.x - (frame.right - screen.right))).toBeLessThan(4)
    expect(screen.height).toBeLessThanOrEqual(frame.height)
    await bothLooks(at.page, 'terminal-watching')
    await bothLooks(hand, 'terminal-phone')
  })

  it('has the keys that a phone lacks, says when they were taken, and holds Ctrl', async () => {
    await runCommand(hand, 'sleep 1000')
    await hand.getByRole('button', { name: 'Ctrl C' }).tap()
    await hand.getByText('Ctrl C was taken').waitFor()
    await terminalShows(hand, '^C')
    await typeKeys(hand, 'cat')
    await hand.getByRole('button', { name: 'Enter' }).tap()
    await hand.getByRole('button', { name: 'Ctrl', exact: true }).tap()
    await typeKeys(hand, 'd')
    await typeKeys(hand, 'echo out-of-cat')
    await hand.getByRole('button', { name: 'Left' }).tap()
    await hand.getByRole('button', { name: 'Enter' }).tap()
    await terminalShows(hand, /^out-of-cat$/m)
    await hand.getByRole('textbox', { name: 'Compose a message' }).fill('echo composed-$((3+4))')
    await hand.getByRole('button', { name: 'Send' }).tap()
    await terminalShows(hand, 'composed-7')
  })

  it('gives them back, and what is typed between the click and the answer is typed', async () => {
    // The notice that offers it goes away; the bar offers it as long as somebody else drives.
    const offers = at.page.getByRole('button', { name: /^Take (back|over)$/ })
    await offers.first().click()
    await typeKeys(at.page, 'echo taken-back-$((1+1))')
    await at.page.keyboard.press('Enter')
    await terminalShows(hand, 'taken-back-2')
    await second.getByRole('button', { name: 'Take over' }).click()
    await runCommand(second, 'echo second-drives-$((1+1))')
    await terminalShows(at.page, 'second-drives-2')
    await eventually('the size of the second window', async () => {
      const { cols } = await at.plane.client.console.open(id, { cols: 80, rows: 24 })
      return cols > 100
    })
    await bothLooks(second, 'terminal-driving')
  })
})
