import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, picture, terminalLines, terminalShows, typeKeys } from '../testing/browser.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { type DelayingProxy, startDelayingProxy } from '../testing/delaying-proxy.ts'
import { listProcesses } from '../testing/processes.ts'
import { type SshServer, startSshServer } from '../testing/ssh-server.ts'
import { recordKeys, seenKeys, wasSeen } from './seen-keys.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const published = join(root, 'packages/console/dist/package')

describe('the published console', () => {
  let project: string
  let ssh: SshServer
  let browser: Browser
  let port: number
  let proxy: DelayingProxy
  let server: ChildProcess
  let page: Page

  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/package-console.mjs'], { cwd: root })
    port = await freePort()
    proxy = await startDelayingProxy(port)
    ;[project, ssh, browser] = await Promise.all([
      newProject(),
      startSshServer(),
      launchBrowser({ readableTerminal: true }),
    ])
    await writeFile(join(project, 'server.mjs'), (await exampleOfReadme()).replaceAll('7681', String(port)))
    server = await startServer()
  })

  afterAll(async () => {
    await browser?.close()
    if (server) await kill(server)
    await proxy?.stop()
    await ssh?.stop()
    if (project) await rm(project, { recursive: true, force: true })
  })

  it('holds its entries, their types, the README and the licence, and names nothing unpublished', async () => {
    const folder = join(project, 'node_modules/@agent-machines/console')
    const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|ts)$/.test(name))
    const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))

    expect((await readdir(folder)).sort()).toEqual(
      ['LICENSE', 'README.md', 'browser.js', 'index.js', 'node.js', 'package.json', 'types'].sort(),
    )
    for (const source of sources) expect(source).not.toMatch(/(from|import\()\s*['"]@agent-machines\//)
  })

  it('has types that a strict program compiles with', async () => {
    await writeFile(join(project, 'use.mts'), consumer)
    const compile = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
      'use.mts',
    ]
    const tsc = join(root, 'node_modules/typescript-native/bin/tsc')

    expect(execFileSync(process.execPath, [tsc, ...compile], { cwd: project }).toString()).toBe('')
  })

  it('gives a terminal over ssh by the README example, and the same screen after a reload', async () => {
    page = await browser.newPage({ viewport: { width: 1200, height: 700 } })
    await page.goto(`http://127.0.0.1:${proxy.port}/`)
    await terminalShows(page, /[#$]$/m)
    await focus()
    await typeKeys(page, 'echo "$SSH_CONNECTION" | wc -w; echo $((6*7))$((6*7))\n')
    await terminalShows(page, /^4242$/m)
    const before = await settledLines(page)
    await page.reload()
    await terminalShows(page, /^4242$/m)

    expect(before).toContain('4')
    expect(await settledLines(page)).toEqual(before)
    await focus()
    await typeKeys(page, 'echo again$((1+1))\n')
    await terminalShows(page, /^again2$/m)
    await picture(page, 'package-over-ssh')
  })

  it('shows most keys before their echo when that takes 150 ms, and leaves none that is wrong', async () => {
    const text = 'x=a-value;y=another;echo=$x$y'
    proxy.oneWayMs = 75
    await page.keyboard.type('echo measured\n', { delay: 125 })
    await terminalShows(page, /^measured$/m)
    await settledLines(page)
    await recordKeys(page)

    await page.keyboard.type(text, { delay: 125 })
    const seen = await seenKeys(page, '# ', text)
    await page.keyboard.type('\nread -s secret\n', { delay: 60 })
    await settledLines(page)
    await page.keyboard.type('hidden', { delay: 60 })
    await settledLines(page)
    await page.keyboard.type('\n')
    await settledLines(page)
    proxy.oneWayMs = 0

    const predicted = seen.filter(({ isPredicted }) => isPredicted)
    expect(predicted.length).toBeGreaterThan(seen.length / 2)
    expect(await wasSeen(page, 'read -s secret')).toBe(true)
    expect(await wasSeen(page, 'hid')).toBe(false)
    expect(await page.locator('.am-prediction > *').count()).toBe(0)
  })

  it('keeps the session when the server is killed, and leaves nobody reading on the host', async () => {
    expect(await readersOnHost()).not.toEqual([])

    await kill(server)
    await expect.poll(readersOnHost, { timeout: 10_000 }).toEqual([])
    server = await startServer()
    await typeKeys(page, 'echo back$((2+2))\n')

    await terminalShows(page, /^back4$/m)
  })

  async function startServer(): Promise<ChildProcess> {
    const env = { ...process.env, PATH: `${ssh.bin}:${process.env['PATH']}` }
    const started = spawn(process.execPath, ['server.mjs'], { cwd: project, env, stdio: 'inherit' })
    const isThere = () => fetch(`http://127.0.0.1:${port}/`).then(({ ok }) => ok, refused)
    while (!(await isThere())) {
      if (started.exitCode !== null) throw new Error('the example ended')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return started
  }

  async function focus(): Promise<void> {
    await page.locator('.xterm-helper-textarea').focus()
  }

  async function readersOnHost(): Promise<string[]> {
    const lines = (await listProcesses()).map(({ commandLine }) => commandLine)
    return lines.filter((line) => line.includes(ssh.home) && / channel /.test(line))
  }
})

/** An empty project with the packed package; what else it needs comes from this checkout. */
async function newProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'am-package-'))
  const npm = (...words: string[]) => execFileSync('npm', words, { cwd: project, stdio: 'pipe' }).toString()
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}')
  const packed = JSON.parse(npm('pack', '--json', published)) as { filename: string }[]
  const others = ['@xterm/xterm', '@xterm/addon-unicode11', 'zod'].map(
    (name) => `file:${join(root, 'node_modules', name)}`,
  )
  await mkdir(join(project, 'node_modules'))
  npm('install', '--offline', '--no-audit', '--no-fund', `./${packed[0]?.filename}`, ...others)
  return project
}

async function exampleOfReadme(): Promise<string> {
  const readme = await readFile(join(published, 'README.md'), 'utf8')
  const example = /```js\n(.*?)```/s.exec(readme)?.[1]
  if (example === undefined) throw new Error('the README has no example')
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
  return example
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}

const refused = () => false

/** What stands on the screen once it has stopped changing. */
async function settledLines(page: Page): Promise<string[]> {
  let last = ''
  for (;;) {
    const lines = await terminalLines(page)
    if (lines.join('\n') === last) return lines
    last = lines.join('\n')
    await page.waitForTimeout(300)
  }
}

const consumer = `
import { type ConsoleHandler, createConsoleHandler } from '@agent-machines/console'
import { type ConnectOptions, ConsoleAddon, connectConsole } from '@agent-machines/console/browser'
import { execThrough, nodeHost, nodeListener } from '@agent-machines/console/node'

const handler: ConsoleHandler = createConsoleHandler({ ...nodeHost, exec: execThrough(['env']) })
const options: ConnectOptions = { cols: 80, rows: 24 }
new ConsoleAddon().connect(connectConsole('/', options))
nodeListener((request: Request) => handler.fetch(request))
`
