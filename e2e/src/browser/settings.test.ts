import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { violationsOf } from '../testing/accessibility.ts'
import { launchBrowser, picture, type SignedIn, signIn } from '../testing/browser.ts'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'

const secret = 'sk-endpoint-0123456789-abcd-WXYZ'

let plane: ControlPlaneProcess
let models: ModelServer
let browser: Browser
let at: SignedIn
const answers: Promise<string>[] = []

beforeAll(async () => {
  models = await startModelServer()
  plane = await startControlPlane({ environment: { OPENAI_API_KEY: 'sk-from-environment-0123456789' } })
  browser = await launchBrowser()
  at = await signIn(browser, plane)
  at.page.on('response', (response) => {
    if (response.url().includes('/api/')) answers.push(response.text().catch(() => ''))
  })
})

afterAll(async () => {
  await browser?.close()
  if (plane) await removeControlPlane(plane)
  await models?.close()
})

async function openSettings(page: Page): Promise<void> {
  await page.goto(`${plane.url}/dashboard/settings`)
  await page.getByText('Custom endpoint', { exact: true }).waitFor()
}

describe('credentials', () => {
  it('takes a custom endpoint in and never shows its key again', async () => {
    const { page } = at
    await openSettings(page)
    await page.getByRole('button', { name: 'Add Custom endpoint' }).click()
    await page.getByRole('button', { name: 'Check and save' }).click()
    await page.getByText('Name the address of the endpoint.').waitFor()
    await page.getByLabel('Address').fill('http://127.0.0.1:4000')
    await page.getByLabel('OpenAI Responses').check()
    await page.getByLabel('API key, if it needs one').fill(secret)
    expect(await violationsOf(page)).toEqual([])

    await page.getByRole('button', { name: 'Check and save' }).click()
    await page.getByText('Nothing listens at 127.0.0.1:4000.').waitFor()
    // The button fades back in.
    await expect.poll(() => violationsOf(page)).toEqual([])
    await picture(page, 'credential-check-failed')
    await page.getByLabel('Address').fill(models.url)
    await page.getByRole('button', { name: 'Check and save' }).click()

    const row = page.getByRole('listitem').filter({ hasText: 'Custom endpoint' })
    await row.getByText('WXYZ').waitFor()
    await page.reload()
    await row.getByText('Ends in WXYZ').waitFor()
    await row.getByText(`at ${models.url}`).waitFor()
    expect(await page.content()).not.toContain(secret)
    expect((await Promise.all(answers)).filter((text) => text.includes(secret))).toEqual([])
    const { items } = await plane.client.credentials.list()
    expect(items.find((each) => each.opens === 'Custom endpoint')).toMatchObject({
      configured: true,
      source: 'stored',
      last4: 'WXYZ',
      protocols: ['openai-responses'],
    })
  })

  it('opens what the endpoint serves on the deploy page', async () => {
    const { page } = at
    await page.goto(`${plane.url}/dashboard/deploy`)
    await page.getByRole('radio', { name: 'Codex' }).check({ force: true })
    await page.getByRole('radio', { name: 'Custom endpoint' }).check({ force: true })
    await page.getByLabel('Model').fill('some-model')

    await page.getByText('Everything it needs is here.').waitFor()
    const claude = page.getByRole('radio', { name: 'Claude Code' })
    expect(await claude.getAttribute('aria-disabled')).toBe('true')
    await page.getByText('There is no key for Anthropic yet.').first().waitFor()
  })

  it('says where a key from the environment is changed, and removes one that is stored', async () => {
    const { page } = at
    await openSettings(page)
    const fromEnvironment = page.getByRole('listitem').filter({ hasText: 'OpenAI' }).first()
    await fromEnvironment.getByText('Change it where it is set').waitFor()

    await page.getByRole('button', { name: 'Replace Custom endpoint' }).click()
    expect(await page.locator('input[type=password]').inputValue()).toBe('')
    await page.getByRole('button', { name: 'Remove…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove Custom endpoint?' })
    await dialog.getByText('No machine uses it.').waitFor()
    await dialog.getByRole('button', { name: 'Remove' }).click()

    await page.getByRole('button', { name: 'Add Custom endpoint' }).waitFor()
    const { items } = await plane.client.credentials.list()
    expect(items.find((each) => each.opens === 'Custom endpoint')?.configured).toBe(false)
  })
})

describe('API keys', () => {
  it('are shown once, work as a bearer, and are refused once revoked', async () => {
    const { page } = at
    await openSettings(page)
    await page.getByLabel('Name', { exact: true }).fill('nightly script')
    await page.getByRole('button', { name: 'Create a key' }).click()
    const key = await page.locator('code', { hasText: /^am_/ }).first().textContent()
    const ask = () => fetch(`${plane.url}/api/v1/me`, { headers: { authorization: `Bearer ${key ?? ''}` } })
    expect((await ask()).status).toBe(200)

    await page.reload()
    await page.getByText('nightly script').waitFor()
    expect(await page.content()).not.toContain(key)
    await page.getByRole('button', { name: 'Revoke nightly script' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()

    await page.getByText('nightly script').waitFor({ state: 'detached' })
    expect((await ask()).status).toBe(401)
  })
})

describe('the browser’s own settings', () => {
  it('are kept, and can be undone', async () => {
    const { page } = at
    await openSettings(page)
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme'] ?? 'system')
    const choose = (name: string) =>
      page.getByRole('group', { name: 'Theme' }).getByRole('radio', { name }).check({ force: true })
    await choose('Dark')
    expect(await theme()).toBe('dark')

    await page.reload()
    expect(await theme()).toBe('dark')
    await choose('Light')
    await page.getByRole('button', { name: 'Undo' }).click()

    expect(await theme()).toBe('dark')
    await choose('System')
  })

  it('ends the session on signing out', async () => {
    const { context, page } = await signIn(browser, plane)
    await openSettings(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/login/)

    const answer = await page.request.get(`${plane.url}/api/v1/machines`)

    expect(answer.status()).toBe(401)
    await context.close()
  })
})
