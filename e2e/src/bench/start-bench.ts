import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Figure, percentile, spreadOf } from './figure.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** From `npm start` in a built clone to the dashboard's first byte over HTTP. */
export async function benchLaterStart(times: number): Promise<Figure[]> {
  const data = await mkdtemp(join(tmpdir(), 'am-bench-'))
  const took: number[] = []
  try {
    for (let i = 0; i <= times; i++) {
      const began = performance.now()
      const started = await npmStart(root, data)
      const page = await fetch(started.url)
      if (!(await page.text()).includes('id="root"')) throw new Error('npm start serves no dashboard')
      // The first one makes the database.
      if (i > 0) took.push((performance.now() - began) / 1000)
      await started.stop()
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
  return [
    {
      name: 'npm start to a served page, p50',
      value: percentile(took, 0.5),
      unit: 's',
      goal: 2,
      note: spreadOf(took),
    },
  ]
}

/** From nothing to the login link, with the package cache that this computer has. */
export async function benchClone(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'am-bench-clone-'))
  const data = await mkdtemp(join(tmpdir(), 'am-bench-'))
  try {
    const clone = join(directory, 'clone')
    const began = performance.now()
    await run('git', ['clone', '--quiet', root, clone], directory)
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], clone)
    const installed = performance.now()
    const started = await npmStart(clone, data)
    const took = (performance.now() - began) / 1000
    await started.stop()
    const note = `of it git clone and npm ci ${((installed - began) / 1000).toFixed(1)} s`
    return [{ name: 'Fresh clone to login link', value: took, unit: 's', goal: 120, note }]
  } finally {
    await rm(directory, { recursive: true, force: true })
    await rm(data, { recursive: true, force: true })
  }
}

async function npmStart(cwd: string, data: string): Promise<{ url: string; stop(): Promise<void> }> {
  const args = ['start', '--silent', '--', '--port', '0', '--no-open', '--data', data]
  const child = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const url = await loginOrigin(child)
  return {
    url,
    stop: async () => {
      const closed = once(child, 'close')
      process.kill(-(child.pid ?? 0), 'SIGTERM')
      await closed
    },
  }
}

/** The address in the login link, the second line. */
async function loginOrigin(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('/login#')) {
      child.stdout.resume()
      return new URL(line).origin
    }
  }
  throw new Error('npm start ended before it printed a login link')
}

async function run(command: string, args: string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${String(code)}`)
}
