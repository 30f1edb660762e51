import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Exec } from '@agent-machines/core'
import type { ConsoleHub } from '../hub/console-hub.ts'
import { createConsoleHub } from '../hub/create-console-hub.ts'
import type { Timers } from '../hub/timers.ts'
import type { ConsoleExec } from '../tiers/wire.ts'
import { consoleWorkerFiles } from '../worker/console-worker-files.ts'
import { eventually } from './eventually.ts'
import { localExec } from './local-exec.ts'

export const realTimers: Timers = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** A home with the console's program in it, and what a test does to it. */
export interface ConsoleMachine {
  readonly home: string
  readonly exec: Exec
  hub(options?: { exec?: ConsoleExec; session?: string; timers?: Timers }): ConsoleHub
  /** What `~/.agent-machines/bin/agent` does from the next start on. */
  setAgent(script: string): void
  run(script: string): string
  /** The first word of a file in the session's directory. */
  pidIn(name: string): number
  /** Resolves once the loop has noted its process. */
  loopStands(): Promise<void>
  remove(): Promise<void>
}

export function consoleMachine(agent = 'exec cat', folder = ''): ConsoleMachine {
  const root = mkdtempSync(join(tmpdir(), 'am-console-'))
  const home = join(root, folder)
  const exec = localExec(home)
  const hubs: ConsoleHub[] = []
  const write = (path: string, content: string, mode: number) => {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), content)
    chmodSync(join(home, path), mode)
  }
  const setAgent = (script: string) => write('.agent-machines/bin/agent', `#!/bin/sh\n${script}\n`, 0o700)
  const run = (script: string) => runAt(home, script)
  for (const file of consoleWorkerFiles()) write(file.path, file.content, file.mode)
  setAgent(agent)
  return {
    home,
    exec,
    hub(options = {}) {
      const hub = createConsoleHub({
        exec: options.exec ?? exec,
        machineId: home,
        session: options.session ?? 'agent',
        timers: options.timers ?? realTimers,
        randomId: () => randomBytes(8).toString('hex'),
      })
      hubs.push(hub)
      return hub
    },
    setAgent,
    run,
    pidIn: (name) =>
      Number(readFileSync(join(home, '.agent-machines/console/agent', name), 'utf8').split(' ')[0]),
    loopStands: () => eventually(() => existsSync(join(home, '.agent-machines/console/agent/watch'))),
    async remove() {
      await Promise.all(hubs.map((hub) => hub.close()))
      endConsoles(home)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Ends every console of a home. */
export function endConsoles(home: string): void {
  runAt(home, endEverything)
}

function runAt(home: string, script: string): string {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home }
  return execFileSync('/bin/sh', ['-c', script], { env }).toString()
}

/** Ends the loop before tmux, so that nothing comes back. */
const endEverything = `
for d in "$HOME"/.agent-machines/console/*; do
  [ -d "$d" ] || continue
  "$HOME/.agent-machines/bin/am-console" agent stop "$(basename "$d")"
  kill -9 "$(cat "$d/watch")"
  for log in "$d"/*.log; do t=$(readlink "$log") && rm -rf "$(dirname "$t")"; done
  tmux -S "$("$HOME/.agent-machines/bin/am-console" socket "$(basename "$d")")" kill-server
done 2>/dev/null
true
`
