import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { looks, sidewaysScrollOf, violationsOf } from '../testing/accessibility.ts'
import { launchBrowser, phone, picture, signIn } from '../testing/browser.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { untilState } from '../testing/machines.ts'

let models: ModelServer
let plane: ControlPlaneProcess
let browser: Browser
let machineId: string

beforeAll(async () => {
  models = await startModelServer()
  plane = await startControlPlane({
    environment: { ANTHROPIC_API_KEY: 'sk-chat-0123456789abcdef', ANTHROPIC_BASE_URL: models.url },
  })
  browser = await launchBrowser()
  const { id } = await plane.client.machines.create({ runtime: 'claude-code', substrate: 'local' })
  machineId = id
  await untilState(plane, id, ['ready'], 180_000)
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
  await models?.close()
})

const answer = `ANSWER[Two things changed:

- **prices** in \`prices.json\`
- the manual, https://example.com/manual

| file | lines |
|---|---|
| prices.json | 12 |

<img src=x onerror=document.title='broken'>]`

it('talks to the agent in one conversation, read and gone on with on a computer and on a phone', async () => {
  const { page } = await signIn(browser, plane)
  await page.goto(`${plane.url}/dashboard/machines/${machineId}`)
  await page.getByRole('link', { name: 'Chat' }).click()
  await page.getByText('Nothing said yet.').waitFor()
  await page.getByText('Each message starts the agent once: Claude Code has no chat gateway.').waitFor()
  expect(await violationsOf(page)).toEqual([])

  await say(page, answer)
  await page.getByRole('cell', { name: 'prices.json' }).waitFor({ timeout: 30_000 })
  await page.getByLabel('Let it do everything on this machine').check()
  await say(page, 'TOOLCALL[echo seen in chat]')
  await page.getByText('The command printed').waitFor({ timeout: 30_000 })
  await page.getByText('Bash', { exact: true }).click()
  await page.locator('pre', { hasText: /^seen in chat/ }).waitFor()
  await page.getByRole('button', { name: 'Send' }).waitFor()

  expect(await page.title()).not.toContain('broken')
  expect(await page.getByRole('link', { name: 'example.com/manual' }).getAttribute('rel')).toContain(
    'noopener',
  )
  expect(await violationsOf(page)).toEqual([])
  const runs = await plane.client.runs.list(machineId, { origin: 'chat' })
  expect(new Set(runs.items.map(({ session }) => session)).size).toBe(1)

  for (const { width, height, colorScheme } of looks) {
    const device = width < 900 ? phone : { viewport: { width, height } }
    const { context, page: other } = await signIn(browser, plane, { ...device, colorScheme })
    await other.goto(`${plane.url}/dashboard/machines/${machineId}/chat`)
    await other.getByText('The command printed').waitFor()
    expect(await violationsOf(other)).toEqual([])
    expect(await sidewaysScrollOf(other)).toBe(0)
    await picture(other, `chat-${width}-${colorScheme}`)
    await context.close()
  }
})

it('stops what the agent does, and begins another conversation', async () => {
  const { page } = await signIn(browser, plane)
  await page.goto(`${plane.url}/dashboard/machines/${machineId}/chat`)
  await page.getByRole('button', { name: 'New' }).click()
  await say(page, 'SLOW[400]')
  await page.getByRole('button', { name: 'Stop' }).click({ timeout: 30_000 })
  await page.getByText('Cancelled').waitFor({ timeout: 30_000 })

  expect(await page.locator('option').count()).toBe(2)
})

/** Once the agent is done with what was said before. */
async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Send' }).waitFor({ timeout: 30_000 })
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByLabel('Message', { exact: true }).press('Enter')
  await expect.poll(() => page.getByLabel('Message', { exact: true }).inputValue()).toBe('')
}
