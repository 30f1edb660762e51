import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { recipes } from '@agent-machines/runtimes'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { untilAgent } from '../testing/ask-agent.ts'
import { launchBrowser, picture, type SignedIn, signIn, terminalShows, typeKeys } from '../testing/browser.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { testedPlane } from '../testing/tested-plane.ts'

const artifacts = fileURLToPath(new URL('../../../artifacts/', import.meta.url))

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

const agents = recipes.filter(({ manifest }) => manifest.hasAgent).map(({ manifest }) => manifest.id)

it.each(agents)(
  'types into the interface of %s in a browser, and keeps what a run of it told',
  async (runtime) => {
    const { plane } = tested
    const { page } = at
    const { id } = await plane.client.machines.create({
      runtime,
      substrate: 'local',
      model: 'test-model',
    })
    await untilState(plane, id, ['ready'], 300_000)
    await untilAgent(plane, id, 'idle')
    await page.goto(`${plane.url}/dashboard/machines/${id}/terminal`)
    await page.locator('.pill', { hasText: 'Live' }).waitFor()
    await page.locator('.xterm-helper-textarea').focus()

    await typeKeys(page, 'ANSWER[seen in the page]')
    await terminalShows(page, 'ANSWER[seen in the page]')
    const answered = async () => (await terminalShows(page, /(?<!\[)seen in the page/, 2000)) !== ''
    await eventually('the answer', async () => {
      await page.keyboard.press('Enter')
      return answered().catch(() => false)
    })
    await untilAgent(plane, id, 'idle')
    await picture(page, `runtime-${runtime}`)

    const task = 'TOOLCALL[echo told > told-by-run]'
    const run = await plane.client.runs.create(id, { task, permissions: 'all' })
    const events = []
    for await (const event of plane.client.runs.stream(id, run.id)) events.push(event)
    const ended = await plane.client.runs.get(id, run.id)
    await mkdir(artifacts, { recursive: true })
    await writeFile(`${artifacts}run-${runtime}.json`, `${JSON.stringify({ run: ended, events }, null, 2)}\n`)

    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['session', 'tool-call', 'tool-result', 'message', 'usage', 'end']),
    )
    expect(ended.usage?.outputTokens).toBeGreaterThan(0)
    expect(await outputOf(plane, id, 'cat ~/work/told-by-run')).toBe('told')
    await plane.client.machines.destroy(id)
  },
)
