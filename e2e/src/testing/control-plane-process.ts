import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '@agent-machines/client'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** The bundled program `am`. */
export const am = join(root, 'packages/cli/dist/bundle/am.mjs')

export interface StartOptions {
  /** An existing data directory to start on again; a fresh one unless given. */
  readonly data?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** What is started, with these arguments before those of `am up`. */
  readonly program?: readonly string[]
  /** A free one unless given. With it, `client` talks to this computer's port even if a public URL is set. */
  readonly port?: number
}

/** A really started `am up`, and the ways a test needs to reach and end it. */
export interface ControlPlaneProcess {
  readonly url: string
  readonly loginLink: string
  readonly data: string
  readonly apiKey: string
  readonly client: Client
  readonly pid: number
  /** All that it wrote to stderr so far. */
  log(): string
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL to the process alone; what it started lives on. */
  kill(): Promise<void>
  /** SIGKILL to its process group, as a closed terminal or an out-of-memory killer would. */
  killGroup(): Promise<void>
}

/** Starts `am up` on a free port; rejects with its log when it ends before it is ready. */
export async function startControlPlane(options: StartOptions = {}): Promise<ControlPlaneProcess> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'am-e2e-')))
  const child = spawn(
    process.execPath,
    [
      ...(options.program ?? [am, 'up']),
      '--port',
      String(options.port ?? 0),
      '--no-open',
      '--data',
      data,
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...baseEnvironment(), ...options.environment },
      cwd: tmpdir(),
    },
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const [url, loginLink] = await firstLines(child, 2, () => log)
  const apiKey = (await readFile(join(data, 'local-api-key'), 'utf8')).trim()
  const baseUrl = options.port === undefined ? url : `http://127.0.0.1:${options.port}`
  const client = createClient({ baseUrl, headers: () => ({ authorization: `Bearer ${apiKey}` }) })
  return {
    url,
    loginLink,
    data,
    apiKey,
    client,
    pid: child.pid ?? 0,
    log: () => log,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL')
    },
    killGroup: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close')
        process.kill(-child.pid, 'SIGKILL')
        await closed
      }
    },
  }
}

/** Destroys every machine, stops the control plane and deletes its data. */
export async function removeControlPlane(plane: ControlPlaneProcess): Promise<void> {
  try {
    const { items } = await plane.client.machines.list({ limit: 200 })
    await Promise.all(items.map((machine) => plane.client.machines.destroy(machine.id)))
  } finally {
    await plane.stop()
    await rm(plane.data, { recursive: true, force: true })
  }
}

/** `am` as a person runs it, against `plane`. */
export function runAm(plane: ControlPlaneProcess, args: readonly string[], stdin = '') {
  return runToEnd(args, { AGENT_MACHINES_URL: plane.url, AGENT_MACHINES_API_KEY: plane.apiKey }, stdin)
}

/** Any command of `am` that ends by itself, or an `am up` that refuses to start. */
export async function runToEnd(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
) {
  const child = spawn(process.execPath, [am, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...baseEnvironment(), ...environment },
    cwd: tmpdir(),
    timeout: 60_000,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.end(stdin)
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { stdout, stderr, exitCode }
}

/** Asks `probe` until it gives something, at most `withinMs`. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await probe()
    if (found !== null && found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function baseEnvironment(): Record<string, string> {
  const passed = [
    'PATH',
    'HOME',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
  ]
  return Object.fromEntries(passed.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

async function firstLines(child: ChildProcess, count: number, log: () => string): Promise<[string, string]> {
  const lines: string[] = []
  if (!child.stdout) throw new Error('no stdout')
  const reader = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`am up ended with ${String(code)} before it was ready:\n${log()}`)
  })
  const read = (async () => {
    for await (const line of reader) {
      lines.push(line)
      if (lines.length === count) return
    }
    await ended
  })()
  await Promise.race([read, ended])
  ended.catch(() => undefined)
  child.stdout.resume()
  return [lines[0] ?? '', lines[1] ?? '']
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
  return child.exitCode
}
