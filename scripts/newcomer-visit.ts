// What a newcomer does once `npm start` has printed its two lines; run by newcomer-check.sh from a fresh clone.
//   newcomer-visit.ts console|page|refusal URL LOGIN_LINK KEY_FILE
import { readFile } from 'node:fs/promises'
import { type Client, createClient } from '@agent-machines/client'
import { launchBrowser, terminalShows, typeKeys } from '../e2e/src/testing/browser.ts'

const [, , visit = '', url = '', link = '', keyFile = ''] = process.argv
const visits: Readonly<Record<string, (client: Client) => Promise<string>>> = {
  console: typeThroughTheApi,
  page: typeIntoThePage,
  refusal: seeWhatIsMissing,
}

const key = (await readFile(keyFile, 'utf8')).trim()
const client = createClient({ baseUrl: url, headers: () => ({ authorization: `Bearer ${key}` }) })
const said = await visits[visit]?.(client)
if (said === undefined) throw new Error(`there is no visit ${visit}`)
process.stdout.write(said)

async function typeThroughTheApi({ machines, console: api }: Client): Promise<string> {
  const began = performance.now()
  const { id } = await machines.create({ runtime: 'shell', substrate: 'local' })
  try {
    const machine = await untilReady(id)
    const { epoch, expected } = await api.open(id, { cols: 80, rows: 24, client: 'newcomer' })
    const data = Buffer.from('echo $((6*7))-typed\r').toString('base64')
    await api.input(id, { client: 'newcomer', seq: expected, epoch, data })
    await consoleSays(id, '42-typed')
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    return `deployed and typed into in ${seconds} s; isolation ${machine.isolation}`
  } finally {
    await machines.destroy(id)
  }
}

async function untilReady(id: string) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const machine = await client.machines.get(id)
    if (machine.state === 'ready') return machine
    if (machine.state === 'failed') throw new Error(JSON.stringify(machine))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${id} did not get ready`)
}

async function consoleSays(id: string, text: string): Promise<void> {
  let screen = ''
  const signal = AbortSignal.timeout(20_000)
  for await (const event of await client.console.stream(id, { client: 'newcomer' }, { signal })) {
    if (event.event !== 'snapshot' && event.event !== 'output') continue
    screen += Buffer.from(event.data.data, 'base64').toString('utf8')
    if (screen.includes(text)) return
  }
  throw new Error(`the console did not say ${text}: ${screen}`)
}

/** The printed link, the button, the terminal: everything as a person does it. */
async function typeIntoThePage({ machines }: Client): Promise<string> {
  const browser = await launchBrowser({ readableTerminal: true })
  try {
    const page = await browser.newPage()
    await page.goto(link)
    await page.waitForURL(/\/dashboard/)
    await page.goto(`${url}/dashboard/deploy`)
    await page.getByRole('radio', { name: /^Shell/ }).check({ force: true })
    await page.getByRole('button', { name: /Deploy and talk/ }).click()
    await page.waitForURL(/\/terminal/)
    await page.locator('.xterm-rows').waitFor({ timeout: 60_000 })
    await typeKeys(page, 'echo $((6*7))-typed\n')
    await terminalShows(page, '42-typed')
    return 'link opened in Chromium, shell deployed and typed into'
  } finally {
    await browser.close()
    const { items } = await machines.list()
    await Promise.all(items.map(({ id }) => machines.destroy(id)))
  }
}

/** Machines cannot start yet: the API says why and what to run. */
async function seeWhatIsMissing({ machines }: Client): Promise<string> {
  const refused = await machines.create({ runtime: 'shell', substrate: 'local' }).then(
    () => undefined,
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )
  if (refused === undefined) throw new Error('a machine was deployed without its tools')
  return refused
}
