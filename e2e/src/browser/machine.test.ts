import type { Machine } from '@agent-machines/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsOf } from '../testing/accessibility.ts'
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
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { type GitServer, prepareGitServer } from '../testing/git-server.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'

let plane: ControlPlaneProcess
let repository: GitServer
let browser: Browser
let at: SignedIn
let machine: Machine

beforeAll(async () => {
  repository = await prepareGitServer('a repository to work on\n')
  plane = await startControlPlane()
  browser = await launchBrowser({ readableTerminal: true })
  at = await signIn(browser, plane)
  machine = await deployMachine(plane, { name: 'scratch' })
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
  await repository?.close()
})

async function openTerminal(page: Page): Promise<void> {
  await page.goto(`${plane.url}/dashboard/machines/${machine.id}/terminal`)
  await page.locator('.pill', { hasText: 'Live' }).waitFor()
  await terminalShows(page, /\$|#/)
}

async function run(page: Page, command: string): Promise<void> {
  await typeKeys(page, command)
  await page.keyboard.press('Enter')
}

describe('a machine', () => {
  it('is renamed everywhere', async () => {
    const { page } = at
    await openTerminal(page)
    await page.getByRole('button', { name: 'Actions of scratch' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('drafts')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'drafts', level: 1 }).waitFor()
    await page.locator('.side').getByText('drafts').waitFor()
    expect((await plane.client.machines.get(machine.id)).name).toBe('drafts')
  })

  it('fills the whole glass with its colour, also below the last row', async () => {
    const { page } = at
    const strip = (y: number) => page.screenshot({ clip: { x: 800, y, width: 200, height: 4 } })
    // The progress of the setup moves out of the way meanwhile.
    await expect.poll(async () => (await strip(895)).equals(await strip(600))).toBe(true)
  })

  it('sleeps and wakes by a key, and typing goes on in the same shell', async () => {
    const { page } = at
    await openTerminal(page)
    await run(page, 'remembered=$((40+2))')
    await page.getByRole('button', { name: 'Sleep' }).click()
    await page.getByRole('heading', { name: 'drafts is asleep' }).waitFor()
    await untilState(plane, machine.id, ['asleep'])
    await page.getByRole('button', { name: 'Wake', exact: true }).last().waitFor()

    await page.keyboard.press('w')

    await page.locator('.pill', { hasText: 'Live' }).waitFor()
    await run(page, 'echo still-$remembered')
    await terminalShows(page, 'still-42')
  })

  it('wakes by the button as well', async () => {
    const { page } = at
    await plane.client.machines.sleep(machine.id)
    await page.getByRole('heading', { name: 'drafts is asleep' }).waitFor()
    await page.locator('.glass-face').getByRole('button', { name: 'Wake' }).click()

    await page.locator('.pill', { hasText: 'Live' }).waitFor()
    await terminalShows(page, 'still-42')
  })

  it('runs one command beside the console', async () => {
    const { page } = at
    await openTerminal(page)
    await page.getByRole('button', { name: 'Run one command' }).click()
    await page.getByRole('textbox', { name: 'Command' }).fill('echo to-$((1+1)); echo wrong >&2; exit 3')
    await page.keyboard.press('Enter')

    const output = page.getByRole('log', { name: 'Output' })
    await output.getByText('exit code 3').waitFor()
    expect(await output.textContent()).toContain('to-2')
    expect(await output.locator('.run-error').textContent()).toContain('wrong')
    expect(await violationsOf(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Command' }).focus()
    await page.keyboard.press('Escape')
    await output.waitFor({ state: 'detached' })
  })

  it('keeps the consoles that were opened as tabs', async () => {
    const { page } = at
    await openTerminal(page)
    const tabs = page.locator('.glass-tab')
    expect(await tabs.allTextContents()).toEqual(['shell'])
    await page.getByRole('link', { name: 'New console' }).click()
    await page.waitForURL(/session=shell/)
    await page.locator('.pill', { hasText: 'Live' }).waitFor()
    await run(page, 'echo second-$((2+2))')
    await terminalShows(page, 'second-4')

    await tabs.first().click()
    await terminalShows(page, 'still-42')

    expect(await tabs.allTextContents()).toEqual(['shell', 'shell-2'])
    expect((await terminalLines(page)).join('\n')).not.toContain('second-4')
  })
})

describe('two tabs', () => {
  it('one drives, the other watches and takes over', async () => {
    const { page } = at
    await openTerminal(page)
    await run(page, 'echo first-drives')
    const other = await at.context.newPage()
    await openTerminal(other)
    await other.getByText(/^Watching\./).waitFor()
    await page.getByText('You drive, 1 watching').waitFor()

    await typeKeys(other, 'refused')
    await run(page, 'echo seen-by-$((1+1))')
    await terminalShows(other, 'seen-by-2')
    expect((await terminalLines(page)).join('\n')).not.toContain('refused')

    await other.getByRole('button', { name: 'Take over' }).click()
    await other.getByText('You drive, 1 watching').waitFor()
    await run(other, 'echo taken-over-$((1+1))')
    await terminalShows(page, 'taken-over-2')
    await page.getByRole('button', { name: 'Take back' }).click()
    await page.getByText('You drive, 1 watching').waitFor()
    await run(page, 'echo taken-back-$((1+1))')
    await terminalShows(other, 'taken-back-2')
    await other.close()
  })
})

describe('a setup that fails', () => {
  it('says what failed and whose it is, and goes on where it stopped once that is fixed', async () => {
    const { page } = at
    await page.goto(`${plane.url}/dashboard/deploy`)
    await page.getByRole('radio', { name: 'Shell' }).check({ force: true })
    await page.getByLabel('Name').fill('cloned')
    await page.getByLabel('Works on').selectOption('A git repository')
    await page.getByLabel('Git URL').fill(repository.url)
    await page.getByRole('button', { name: /Deploy and talk/ }).click()

    const failure = page.getByRole('alert')
    await failure.getByText('Prepare the workspace failed after 3 tries.').waitFor()
    expect(await failure.textContent()).toContain('The network, not your configuration.')
    expect(await failure.textContent()).toContain('Failed to connect')
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'setup-failed')
    await page.reload()
    await failure.getByText('Prepare the workspace failed after 3 tries.').waitFor()

    await repository.open()
    await page.getByRole('button', { name: 'Retry this step' }).click()

    await page.locator('.pill', { hasText: 'Live' }).waitFor()
    await run(page, 'cat ~/work/README || cat README')
    await terminalShows(page, 'a repository to work on')
  })

  it('stands in the scrollback of the console, above a rule', async () => {
    const { page } = at
    await page.locator('.xterm-screen').hover()
    for (const text of ['── ready in', 'Open the console', 'Create the machine']) {
      await eventually(text, async () => {
        await page.mouse.wheel(0, -200)
        return (await terminalLines(page)).join('\n').includes(text)
      })
    }
  })

  it('can be cancelled, which leaves nothing', async () => {
    const { page } = at
    const { id } = await plane.client.machines.create({
      name: 'given-up',
      runtime: 'shell',
      substrate: 'local',
      workspace: { git: 'http://127.0.0.1:9/nothing.git' },
    })
    await page.goto(`${plane.url}/dashboard/machines/${id}/terminal`)
    await page.getByRole('button', { name: 'Cancel the setup…' }).click()
    await page
      .getByRole('dialog')
      .getByText(/is deleted: its sandbox and its home/)
      .waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the setup' }).click()

    await page.getByRole('heading', { name: 'Fleet', level: 1 }).waitFor()
    await untilState(plane, id, ['destroyed'])
  })

  it('is destroyed only after its name was typed', async () => {
    const { page } = at
    await page.goto(`${plane.url}/dashboard/machines/${machine.id}`)
    await page.getByRole('button', { name: 'Destroy…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Destroy drafts?' })
    const destroy = dialog.getByRole('button', { name: 'Destroy' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it')
    expect(await destroy.isDisabled()).toBe(true)
    expect(await outputOf(plane, machine.id, 'echo here')).toBe('here')
    await dialog.getByRole('textbox').fill('drafts')
    await destroy.click()

    await page.getByRole('heading', { name: 'Fleet', level: 1 }).waitFor()
    await untilState(plane, machine.id, ['destroyed'])
  })
})
