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
import { eventually } from '../testing/control-plane-process.ts'
import { testedPlane } from '../testing/tested-plane.ts'

const tested = testedPlane()
let browser: Browser
let at: SignedIn

beforeAll(async () => {
  browser = await launchBrowser({ readableTerminal: true })
  at = await signIn(browser, tested.plane)
})

afterAll(async () => {
  await browser?.close()
})

/** "Deploy and talk", as a person does it; gives the machine's id. */
async function deploy(runtime: string): Promise<string> {
  const { page } = at
  await page.goto(`${tested.plane.url}/dashboard/deploy`)
  await page.getByRole('radio', { name: new RegExp(`^${runtime}`) }).check({ force: true })
  await page.getByRole('button', { name: /Deploy and talk/ }).click()
  await page.waitForURL(/\/terminal/)
  const id = /machines\/([^/]+)\/terminal/.exec(page.url())?.[1] ?? ''
  await page.locator('.xterm-rows').waitFor({ timeout: 120_000 })
  return id
}

const agentOf = async (id: string) => (await tested.plane.client.machines.get(id)).agent?.state

/** The page shows exactly the screen that the worker's tmux holds, once both stand still. */
async function shownEqualsWorker(page: Page, id: string): Promise<void> {
  const command = 'tmux -S "$(am-console socket agent)" capture-pane -p -t am'
  let shown: string[] = []
  let held: string[] = []
  await eventually(
    "a screen equal to the worker's",
    async () => {
      shown = await terminalLines(page)
      const { stdout } = await tested.plane.client.machines.exec(id, { command })
      held = stdout
        .replaceAll('\u00a0', ' ')
        .split('\n')
        .map((line) => line.trimEnd())
        .slice(0, shown.length)
      return JSON.stringify(shown) === JSON.stringify(held)
    },
    5_000,
  ).catch(() => undefined)
  expect(shown).toEqual(held)
}

/** A person's pause before Enter; an Enter right behind fast keys is part of a paste to Codex. */
const pauseMs = 300

/** Claude Code takes no Enter in the first second of a permission dialog, so that nobody confirms by accident. */
const readingMs = 1500

/** Types a prompt, sees it stand there, and submits it. */
async function ask(page: Page, prompt: string): Promise<void> {
  await typeKeys(page, prompt)
  await terminalShows(page, prompt)
  await page.waitForTimeout(pauseMs)
  await page.keyboard.press('Enter')
}

describe('the terminal page', () => {
  it('deploys a shell from the page, which is typed into key by key', async () => {
    const { page } = at
    await deploy('Shell')

    await typeKeys(page, 'echo $((6*7))-it-works')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')

    await terminalShows(page, '42-it-works')
    await typeKeys(page, 'sleep 1000')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+c')
    await terminalShows(page, '^C')
    await typeKeys(page, 'echo back-$?')
    await page.keyboard.press('Enter')
    await terminalShows(page, 'back-130')
    await picture(page, 'shell')
  })

  it('shows a pager and an editor line by line as the worker holds them, and their keys obey', async () => {
    const { page } = at
    const id = await deploy('Shell')

    await typeKeys(page, 'seq 1 500 | less')
    await page.keyboard.press('Enter')
    await terminalShows(page, '12')
    await page.keyboard.press('Shift+G')
    await terminalShows(page, '(END)')
    await shownEqualsWorker(page, id)
    await page.keyboard.press('q')

    await typeKeys(page, 'vi note.txt')
    await page.keyboard.press('Enter')
    await terminalShows(page, 'note.txt"')
    await typeKeys(page, 'ifirst')
    await page.keyboard.press('Enter')
    await typeKeys(page, 'second')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowUp')
    await typeKeys(page, 'x')
    await shownEqualsWorker(page, id)
    await typeKeys(page, ':wq')
    await page.keyboard.press('Enter')
    await eventually('the file as it was edited', async () => {
      const { stdout } = await tested.plane.client.machines.exec(id, { command: 'cat work/note.txt' })
      return stdout === 'firs\nsecond\n'
    })
  })

  it('drives the real Claude Code: keys, a tool call with its permission prompt, a reload in mid-answer', async () => {
    const { page } = at
    const id = await deploy('Claude Code')
    await terminalShows(page, '❯', 60_000)
    await eventually('idle', async () => (await agentOf(id)) === 'idle')

    await ask(page, 'TOOLCALL[echo proof-$((40+2)) > ~/proof.txt; cat ~/proof.txt]')
    await terminalShows(page, 'Do you want to proceed?')
    await eventually('waiting', async () => (await agentOf(id)) === 'waiting')
    await picture(page, 'claude-code-permission')
    await page.waitForTimeout(readingMs)
    await page.keyboard.press('ArrowDown')
    await terminalShows(page, /❯ 2\./)
    await page.keyboard.press('ArrowUp')
    await terminalShows(page, /❯ 1\./)
    await page.keyboard.press('Enter')
    await terminalShows(page, 'The command printed: proof-42')
    const { stdout } = await tested.plane.client.machines.exec(id, { command: 'cat ~/proof.txt' })
    expect(stdout).toBe('proof-42\n')

    await ask(page, 'SLOW[80]')
    await terminalShows(page, 'token-10 ')
    await page.reload()
    await terminalShows(page, 'token-80', 30_000)
    await eventually('idle', async () => (await agentOf(id)) === 'idle')
    await shownEqualsWorker(page, id)
    const screen = (await terminalLines(page)).join(' ')
    const tokens = [...screen.matchAll(/token-(\d+)/g)].map(([, n]) => Number(n))
    expect(tokens).toEqual(Array.from({ length: 80 }, (_, i) => i + 1))
    await picture(page, 'claude-code')

    await typeKeys(page, 'half a thought')
    await page.keyboard.press('Control+c')
    await eventually(
      'input cleared',
      async () => !(await terminalLines(page)).join('\n').includes('half a thought'),
    )
  })

  it('drives the real Codex: keys, a tool call, a reload in mid-answer', async () => {
    const { page } = at
    const id = await deploy('Codex')
    await terminalShows(page, 'OpenAI Codex', 90_000)
    await eventually('idle', async () => (await agentOf(id)) === 'idle')

    await ask(page, 'TOOLCALL[echo proof-$((40+2)) > ~/proof.txt; cat ~/proof.txt]')
    await terminalShows(page, 'The command printed: ', 30_000)
    const { stdout } = await tested.plane.client.machines.exec(id, { command: 'cat ~/proof.txt' })
    expect(stdout).toBe('proof-42\n')

    await eventually('idle again', async () => (await agentOf(id)) === 'idle')
    await ask(page, 'SLOW[60]')
    await eventually('busy', async () => (await agentOf(id)) === 'busy')
    await page.reload()
    await terminalShows(page, 'token-60', 30_000)
    await eventually('idle', async () => (await agentOf(id)) === 'idle')
    await shownEqualsWorker(page, id)
    await picture(page, 'codex')
  })

  it('gives the agent a task on its overview, follows it there, and cancels another', async () => {
    const { page } = at
    const { items } = await tested.plane.client.machines.list()
    const codex = items.find(({ runtime }) => runtime === 'codex')
    await page.goto(`${tested.plane.url}/dashboard/machines/${codex?.id}`)

    await page.getByLabel('Task').fill('TOOLCALL[echo run-$((40+2))]')
    await page.getByRole('button', { name: 'Start the run' }).click()
    await page.getByText('The command printed: ').waitFor()
    await page.getByRole('button', { name: /^Done TOOLCALL/ }).waitFor()
    expect(await page.getByRole('list', { name: 'What it did' }).textContent()).toContain('run-42')
    await picture(page, 'run')

    await page.getByLabel('Task').fill('SLOW[2000]')
    await page.getByRole('button', { name: 'Start the run' }).click()
    await page.getByRole('button', { name: /^Working SLOW/ }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: /^Cancelled SLOW/ }).waitFor()
    expect(await violationsOf(page)).toEqual([])
  })

  it('changes the model of a machine, which its agent asks once it is reloaded', async () => {
    const { page } = at
    const { items } = await tested.plane.client.machines.list()
    const id = items.find(({ runtime }) => runtime === 'claude-code')?.id ?? ''
    await page.goto(`${tested.plane.url}/dashboard/machines/${id}`)
    const choose = async (action: string) => {
      await page
        .getByRole('main')
        .getByRole('button', { name: /^Actions of/ })
        .click()
      await page.getByRole('menuitem', { name: action }).click()
    }
    await choose('Change the model')

    await page.getByLabel('Upstream').selectOption('custom')
    await page.getByText('Custom endpoint has no address yet.').waitFor()
    await page.getByLabel('Upstream').selectOption('anthropic')
    await page.getByLabel('Model', { exact: true }).fill('claude-other-1')
    await page.getByText('The agent’s conversation stays.').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'change-model')
    await page.getByRole('button', { name: 'Change', exact: true }).click()

    await page.getByText(/is set up for claude-other-1/).waitFor()
    await eventually('ready', async () => (await tested.plane.client.machines.get(id)).state === 'ready')
    await choose('Reload…')
    const dialog = page.getByRole('dialog', { name: /^Reload/ })
    await dialog.getByLabel('Version of Claude Code').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await picture(page, 'reload')
    await dialog.getByRole('button', { name: 'Reload', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await eventually('idle', async () => (await agentOf(id)) === 'idle', 30_000)
    await page.goto(`${tested.plane.url}/dashboard/machines/${id}/terminal`)
    await terminalShows(page, '❯')
    await ask(page, 'ANSWER[from another]')
    await eventually('asked', async () =>
      tested.model.requests.some(({ body }) => JSON.stringify(body).includes('"model":"claude-other-1"')),
    )
  })
})
