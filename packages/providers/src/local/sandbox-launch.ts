import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { AgentMachinesError } from '@agent-machines/core'
import { toLocalError } from './local-errors.ts'
import { killProcessGroup } from './process-group.ts'
import { type HostFacts, type SandboxMount, sandboxArguments } from './sandbox-arguments.ts'
import { joinThenExec } from './sandbox-entry.ts'
import { sandboxFiles } from './sandbox-files.ts'

export interface SandboxLaunch {
  readonly tools: { readonly bwrap: string; readonly setpriv: string }
  readonly host: HostFacts
  readonly hostname: string
  readonly token: string
  readonly home: string
  readonly mounts: readonly SandboxMount[]
  readonly uid: number | null
  /** `cgroup.procs` files. */
  readonly joins: readonly string[]
  readonly logPath: string
}

/**
 * The first process of a machine: says that all mounts are made, then reaps orphans for ever.
 *
 * Nothing inside can signal it, and it starts its sleeper again when that is killed.
 */
const initScript = 'echo ready; exec </dev/null >/dev/null 2>&1; while :; do sleep 86400 & wait; done'
const infoDescriptor = 3
const startLimitMs = 15_000

/** Starts a sandbox that outlives this process and resolves to the pid of its first process. */
export async function launchSandbox(launch: SandboxLaunch): Promise<number> {
  const files = sandboxFiles(launch.hostname, launch.token)
  const log = await open(launch.logPath, 'w', 0o600)
  try {
    const child = spawnBubblewrap(launch, files.length, log.fd)
    files.forEach(({ content }, index) => {
      const input = child.stdio[infoDescriptor + 1 + index] as Writable
      input.on('error', () => undefined)
      input.end(content)
    })
    return await firstPid(child, launch.logPath)
  } catch (error) {
    throw toLocalError(error, 'start the sandbox of a machine')
  } finally {
    await log.close()
  }
}

function spawnBubblewrap(launch: SandboxLaunch, fileCount: number, log: number): ChildProcess {
  const files = sandboxFiles(launch.hostname, launch.token)
  const options = sandboxArguments({
    host: launch.host,
    hostname: launch.hostname,
    home: launch.home,
    mounts: launch.mounts,
    files: files.map(({ path }, index) => ({ path, descriptor: infoDescriptor + 1 + index })),
    infoDescriptor,
    lifetime: 'machine',
    command: ['/bin/sh', '-c', initScript],
  })
  const drop =
    launch.uid === null
      ? []
      : [launch.tools.setpriv, `--reuid=${launch.uid}`, `--regid=${launch.uid}`, '--clear-groups']
  const argv = [joinThenExec, 'sh', ...launch.joins, '--', ...drop, launch.tools.bwrap, ...options]
  return spawn('/bin/sh', ['-c', ...argv], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['ignore', 'pipe', log, 'pipe', ...Array.from({ length: fileCount }, () => 'pipe' as const)],
  })
}

async function firstPid(child: ChildProcess, logPath: string): Promise<number> {
  const expiry = AbortSignal.timeout(startLimitMs)
  const ended = once(child, 'exit').then(() => undefined)
  ended.catch(() => undefined)
  const info = readUntil(child.stdio[infoDescriptor] as Readable, /\}/, expiry)
  const ready = readUntil(child.stdout as Readable, /ready/, expiry)
  try {
    const [text] = await Promise.all([info, ready])
    const pid = Number(/"child-pid":\s*(\d+)/.exec(text)?.[1])
    if (!Number.isInteger(pid)) throw new Error('bubblewrap named no process')
    child.unref()
    for (const stream of child.stdio) stream?.destroy()
    return pid
  } catch (error) {
    if (child.pid !== undefined) await killProcessGroup(child.pid)
    throw new AgentMachinesError('SUBSTRATE_FATAL', 'The sandbox did not start.', {
      cause: new Error((await readFile(logPath, 'utf8')).slice(0, 500), { cause: error }),
    })
  }
}

/** Rejects when the stream ends, or the signal fires, before `pattern` was seen. */
function readUntil(stream: Readable, pattern: RegExp, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (pattern.test(text)) resolve(text)
    })
    stream.once('end', () => reject(new Error('ended early')))
    stream.once('error', reject)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
