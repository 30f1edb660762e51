import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Rival {
  /** Where it listens. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts a program of this folder that prints where it listens, as a process of its own. */
export async function startRival(file: string, args: readonly string[] = []): Promise<Rival> {
  const program = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', import.meta.resolve('tsx'), program, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, stop: () => stop(child) }
  }
  throw new Error(`${file} ended before it listened`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
