import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AgentMachinesError,
  type Exec,
  type ExecCommand,
  type ExecEvent,
  type RunEvent,
} from '@agent-machines/core'
import { endRunCommand, type RuntimeRecipe } from '@agent-machines/runtimes'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MachineRow } from '../store/machine-store.ts'
import type { RunRow } from '../store/run-store.ts'
import { RunFollower } from './run-follower.ts'

let home: string
let machine: Pick<MachineRow, 'id' | 'state' | 'runtime' | 'stateReason'>
let run: RunRow
let stored: RunEvent[]
/** What the agent does with its task on standard input. */
let agent: string
/** Breaks the next streams after their first bytes. */
let breaks: number
let refusal: AgentMachinesError | null
const never = new AbortController().signal

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'am-follow-'))
  mkdirSync(join(home, '.agent-machines/state'), { recursive: true })
  mkdirSync(join(home, 'work'))
  writeFileSync(join(home, '.agent-machines/state/agent.env'), '')
  machine = { id: 'm1', state: 'ready', runtime: 'an-agent', stateReason: null }
  run = { id: 'r1', machineId: 'm1', task: 'first\nsecond', state: 'starting', timeoutMs: 60_000 } as RunRow
  Object.assign(run, { lastSeq: 0, cancelRequestedAt: null, endedAt: null, model: null, budgetUsd: null })
  Object.assign(run, { resumedSession: null, permissions: 'configured' })
  stored = []
  agent = 'cat; echo'
  breaks = 0
  refusal = null
})
afterEach(async () => {
  await exec.exec(endRunCommand('r1', 'cancelled'))
  // A runner that was just ended may still be writing that it was.
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
})

it('starts the run, stores what it says and its end, and leaves nothing on the machine', async () => {
  await aFollower().follow(run, never)

  expect(stored).toEqual([message('first'), message('second'), end('done')])
  expect(run.state).toBe('running')
  expect(readdirSync(join(home, '.agent-machines/runs'))).toEqual([])
})

it('goes on behind the last byte when the way to the machine breaks', async () => {
  agent = 'echo one; sleep 0.2; echo two; sleep 0.2; echo three'
  breaks = 2

  await aFollower().follow(run, never)

  expect(stored).toEqual([message('one'), message('two'), message('three'), end('done')])
})

it('takes over from another one at the event behind the stored ones', async () => {
  agent = 'echo one; echo two; while [ ! -e ../go ]; do sleep 0.05; done; echo three'
  const first = new AbortController()
  const gone = aFollower(() => stored.length === 2 && first.abort()).follow(run, first.signal)
  await gone.catch(() => undefined)
  writeFileSync(join(home, 'go'), '')

  await aFollower().follow({ ...run, lastSeq: stored.length }, never)

  expect(stored).toEqual([message('one'), message('two'), message('three'), end('done')])
})

it('stops when somebody else stored an event meanwhile', async () => {
  await expect(aFollower().follow({ ...run, lastSeq: 1 }, never)).rejects.toThrow('by somebody else')
  expect(stored).toEqual([])
})

it('leaves the run of a machine that sleeps as it is', async () => {
  machine.state = 'asleep'

  await aFollower().follow(run, never)

  expect(stored).toEqual([])
})

it('fails the run of a machine that is gone', async () => {
  machine.state = 'destroyed'

  await aFollower().follow(run, never)

  expect(stored).toEqual([end('failed', 'Its machine is destroyed.', null)])
})

it('never starts what was cancelled before, also where the machine sleeps', async () => {
  machine.state = 'asleep'
  run.cancelRequestedAt = new Date(0)

  await aFollower().follow(run, never)

  expect(stored).toEqual([end('cancelled', null, null)])
})

it('ends a run that was cancelled while it was being started', async () => {
  agent = 'sleep 60'

  await aFollower().follow(run, never, () => {
    run.cancelRequestedAt = new Date(0)
  })

  expect(stored).toEqual([end('cancelled', null, 143)])
})

it('ends a run whose credential is gone, since its secrets cannot be told apart any more', async () => {
  refusal = new AgentMachinesError('GATE_BLOCKED', 'OpenAI is no longer set up.')

  await aFollower().follow({ ...run, state: 'running' }, never)

  expect(stored).toEqual([end('failed', 'OpenAI is no longer set up.', null)])
})

it('says what the machine is missing when the run cannot be started', async () => {
  rmSync(join(home, '.agent-machines'), { recursive: true })
  writeFileSync(join(home, '.agent-machines'), 'in the way')

  await aFollower().follow(run, never)

  expect(stored).toEqual([end('failed', expect.stringContaining('cannot make folders in the home'), null)])
})

function aFollower(onStored = () => {}) {
  const recipe = {
    manifest: { label: 'An agent' },
    headless: {
      budget: 'usage',
      commandFor: () => ({ command: ['/bin/sh', '-c', agent], environment: {} }),
      createReader: () => ({
        read: (line: string): RunEvent[] => [message(line)],
        verdict: { state: 'done', detail: null },
      }),
    },
  } as unknown as RuntimeRecipe
  let onRunning = () => {}
  const follower = new RunFollower({
    runs: {
      get: async () => run,
      setRunning: async () => {
        run.state = 'running'
        onRunning()
      },
      append: async (_id, lastSeq, events) => {
        if (lastSeq !== stored.length) return false
        stored.push(...events)
        onStored()
        return true
      },
    },
    access: { get: async () => machine as MachineRow, execFor: () => exec },
    catalogue: { recipe: () => recipe, isListPriced: () => true },
    checkUpstream: () => Promise.reject(new Error('not asked for')),
    bootstraps: {
      agentOf: async () => {
        if (refusal) throw refusal
        const context = {
          home,
          workDirectory: join(home, 'work'),
          runtimePath: null,
          upstream: null,
          model: null,
        }
        return { context, secrets: [] }
      },
    },
  })
  return {
    follow(row: RunRow, signal: AbortSignal, whenRunning = () => {}) {
      onRunning = whenRunning
      return follower.follow(row, signal)
    },
  }
}

/** Commands run on this computer, in the home of the test. */
const exec: Exec = {
  async exec(command) {
    const parts: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] }
    let exitCode = -1
    for await (const event of events(command)) {
      if (event.kind === 'exit') exitCode = event.exitCode
      else parts[event.kind].push(event.bytes)
    }
    const [stdout, stderr] = [Buffer.concat(parts.stdout), Buffer.concat(parts.stderr)]
    return { stdout, stderr, exitCode, timedOut: false, truncated: false }
  },
  async *streamExec(command) {
    for await (const event of events(command)) {
      yield event
      if (event.kind === 'stdout' && breaks-- > 0) throw new AgentMachinesError('SUBSTRATE_TRANSIENT')
    }
  },
}

async function* events({ script, stdin, signal }: ExecCommand): AsyncGenerator<ExecEvent> {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] },
  })
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill)
  child.stdin.on('error', () => undefined).end(stdin ?? '')
  const errors: Buffer[] = []
  child.stderr.on('data', (bytes: Buffer) => errors.push(bytes))
  const exit = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 137)))
  try {
    for await (const bytes of child.stdout) yield { kind: 'stdout', bytes }
    const exitCode = await exit
    signal?.throwIfAborted()
    if (errors.length > 0) yield { kind: 'stderr', bytes: Buffer.concat(errors) }
    yield { kind: 'exit', exitCode, timedOut: false }
  } finally {
    kill()
    signal?.removeEventListener('abort', kill)
  }
}

function message(text: string): RunEvent {
  return { event: 'message', data: { text } }
}

function end(
  state: 'done' | 'failed' | 'cancelled',
  detail: string | null = null,
  exitCode: number | null = 0,
) {
  return { event: 'end', data: { state, detail, exitCode, cause: null } }
}
