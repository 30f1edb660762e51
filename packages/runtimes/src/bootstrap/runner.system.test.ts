import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BootstrapPlan, PlannedPhase } from '@agent-machines/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BootstrapFold } from './bootstrap-fold.ts'
import { followBootstrapCommand, nothingToFollow } from './follow-command.ts'
import { startBootstrapCommand } from './start-command.ts'

let home: string
const children = new Set<ChildProcess>()
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'am-runner-'))
})
afterEach(() => {
  for (const path of ['runner', 'phase']) killRecorded(path)
  for (const child of children) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

it('runs the phases in order, in the home, and ends the follower when it is done', async () => {
  const plan = planOf([phase('one', 'echo first; pwd'), phase('two', 'echo second >&2')])

  const started = await start(plan)
  const { fold, log } = await follow(plan)

  expect(started.stdout).toBe('started\n')
  expect(fold.bootstrap.state).toBe('done')
  expect(fold.bootstrap.phases.map(({ id, state }) => `${id} ${state}`)).toEqual(['one done', 'two done'])
  expect(log).toBe(`first\n${home}\nsecond\n`)
})

it('puts files in place with their modes, byte for byte, and replaces them in one step', async () => {
  const content = `it's "quoted"\\n\n$HOME \`x\` ünïcødé`
  const files = [
    { path: 'a/b/secret', content, mode: 0o600 },
    { path: 'a/tool', content: '#!/bin/sh\n', mode: 0o700 },
  ]
  await start(planOf([phase('one', ':')], files))
  await follow()
  const inode = statSync(join(home, 'a/b/secret')).ino

  await start(planOf([phase('one', ':')], files))
  await follow()

  const secret = statSync(join(home, 'a/b/secret'))
  expect(readFileSync(join(home, 'a/b/secret'), 'utf8')).toBe(content)
  expect(secret.mode & 0o777).toBe(0o600)
  expect(secret.ino).not.toBe(inode)
  expect(statSync(join(home, 'a/tool')).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, '.agent-machines')).mode & 0o777).toBe(0o700)
})

it('does nothing when the payload is cut off on its way', async () => {
  const { script, stdin } = startBootstrapCommand(planOf([phase('one', 'echo hi >ran')]))

  await run(script, stdin.subarray(0, stdin.length - 8))

  expect(existsSync(join(home, '.agent-machines'))).toBe(false)
})

describe('started twice', () => {
  it('runs each phase once when two start at the same moment', async () => {
    const plan = planOf([phase('one', 'echo x >>count; sleep 0.3')])

    const answers = await Promise.all([start(plan), start(plan), start(plan)])
    await follow(plan)

    expect(answers.map((each) => each.stdout).sort()).toEqual(['running\n', 'running\n', 'started\n'])
    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('x\n')
  })

  it('skips what is done, and runs a phase again whose script changed', async () => {
    await start(planOf([phase('one', 'echo one >>count'), phase('two', 'echo two >>count')]))
    await follow()

    const plan = planOf([phase('one', 'echo one >>count'), phase('two', 'echo changed >>count')])
    await start(plan)
    const { fold } = await follow(plan)

    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('one\ntwo\nchanged\n')
    expect(fold.bootstrap).toMatchObject({ state: 'done', phases: [{ state: 'done' }, { state: 'done' }] })
  })
})

it('opens the console at every start', async () => {
  const plan = planOf([phase('console', 'echo open >>count')])
  await start(plan)
  await follow(plan)

  await start(plan)
  await follow(plan)

  expect(readFileSync(join(home, 'count'), 'utf8')).toBe('open\nopen\n')
})

it('runs a plan that comes when the runner before has ended but not gone', async () => {
  const plan = planOf([phase('one', 'echo one')])
  await start(plan)
  await follow(plan)
  const folder = join(home, '.agent-machines/bootstrap')
  const holder = spawn('flock', [join(folder, 'lock'), 'sh', '-c', 'echo held; sleep 0.3'])
  await once(holder.stdout, 'data')
  const next = planOf([phase('two', 'echo two >>count')])

  expect((await start(next)).stdout).toBe('started\n')
  await follow(next)

  expect(readFileSync(join(home, 'count'), 'utf8')).toBe('two\n')
})

describe('a phase that fails', () => {
  it('is tried again, then fails the bootstrap with its last lines', async () => {
    const plan = planOf([
      phase('one', 'echo try >>count; echo "Could not resolve host"; exit 6', { attempts: 2 }),
    ])

    await start(plan)
    const { fold } = await follow(plan)

    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('try\ntry\n')
    expect(fold.bootstrap).toMatchObject({
      state: 'failed',
      phases: [
        { state: 'failed', attempt: 2, error: { category: 'network', log: ['Could not resolve host'] } },
      ],
    })
  })

  it('is not tried again when trying cannot help', async () => {
    const plan = planOf([phase('one', 'echo try >>count; exit 78', { attempts: 5 })])

    await start(plan)
    await follow(plan)

    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('try\n')
  })

  it('is where the next start goes on', async () => {
    const plan = planOf([phase('one', 'echo one >>count'), phase('two', '[ -e fixed ] && echo two >>count')])
    await start(plan)
    await follow(plan)

    writeFileSync(join(home, 'fixed'), '')
    await start(plan)
    const { fold } = await follow(plan)

    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('one\ntwo\n')
    expect(fold.bootstrap.state).toBe('done')
  })

  it('of the extra group does not keep the machine from being ready', async () => {
    const plan = planOf([phase('one', 'exit 1', { group: 'extra' }), phase('two', ':')])

    await start(plan)
    const { fold } = await follow(plan)

    expect(fold.bootstrap).toMatchObject({ state: 'done', phases: [{ state: 'failed' }, { state: 'done' }] })
  })

  it('is ended with all its children when its time is up', async () => {
    const script = '(while :; do echo x >>beat; sleep 0.1; done) & sleep 100'
    const plan = planOf([phase('one', script, { timeoutS: 1 })])

    await start(plan)
    const { fold } = await follow(plan)

    expect(fold.bootstrap).toMatchObject({
      state: 'failed',
      phases: [{ error: { message: 'It did not finish within its time limit.' } }],
    })
    const beats = statSync(join(home, 'beat')).size
    await delay(400)
    expect(statSync(join(home, 'beat')).size).toBe(beats)
  })
})

describe('killed in the middle', () => {
  it('ends the follower, and the next start ends the orphan and runs the phase again', async () => {
    const plan = planOf([
      phase('one', 'echo one >>count'),
      phase(
        'two',
        'echo two >>count; [ -e again ] || { touch again; while :; do echo x >>beat; sleep 0.05; done; }',
      ),
    ])
    await start(plan)
    await until(() => existsSync(join(home, 'beat')))

    killRecorded('runner')
    const killed = await follow(plan)
    await start(plan)
    const { fold } = await follow(plan)

    expect(killed.fold.bootstrap.state).toBe('running')
    expect(fold.bootstrap.state).toBe('done')
    expect(readFileSync(join(home, 'count'), 'utf8')).toBe('one\ntwo\ntwo\n')
    const beats = statSync(join(home, 'beat')).size
    await delay(200)
    expect(statSync(join(home, 'beat')).size).toBe(beats)
  })

  it('reaches the end from any moment, each phase whole at least once', async () => {
    const phases = ['one', 'two', 'three'].map((id) => phase(id, `sleep 0.02; echo ${id} >>count`))
    const plan = planOf(phases)
    for (let round = 0; round < 12; round += 1) {
      await start(plan)
      await delay(round * 9)
      killRecorded('runner')
    }

    await start(plan)
    const { fold } = await follow(plan)

    expect(fold.bootstrap.state).toBe('done')
    const ran = new Set(readFileSync(join(home, 'count'), 'utf8').trim().split('\n'))
    expect([...ran]).toEqual(['one', 'two', 'three'])
  })
})

describe('followed', () => {
  it('from offsets gives exactly the rest', async () => {
    const plan = planOf([phase('one', 'echo äöü'), phase('two', 'echo second')])
    await start(plan)
    const whole = await run(followBootstrapCommand().script)

    const rest = await run(followBootstrapCommand({ state: 100, log: 20 }).script)

    expect(rest.stdout).toBe(Buffer.from(whole.stdout).subarray(100).toString())
    expect(rest.stderr).toBe(Buffer.from(whole.stderr).subarray(20).toString())
  })

  it('once, returns while the runner is at work', async () => {
    await start(planOf([phase('one', 'echo begun; sleep 20')]))
    await until(() => existsSync(join(home, '.agent-machines/bootstrap/phase')))

    const read = await run(followBootstrapCommand(undefined, { once: true }).script)

    expect(read.stdout).toContain('"state":"running"')
  })

  it('where nothing was ever started, says so', async () => {
    expect((await run(followBootstrapCommand().script)).code).toBe(nothingToFollow)
  })
})

it('says that the disk is full, and can still write that down', async () => {
  const plan = planOf([phase('one', 'dd if=/dev/zero of=fill bs=4096')])
  const { script, stdin } = startBootstrapCommand(plan)
  const sandbox = [
    '--bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--size',
    '400000',
    '--tmpfs',
    home,
  ]
  const both = `${script.replace('exec ', '')}\n${followBootstrapCommand().script}`

  const { stdout, stderr } = await run(both, stdin, ['bwrap', ...sandbox, '--chdir', home])

  const fold = new BootstrapFold(plan.phases)
  fold.readState(Buffer.from(stdout))
  fold.readLog(Buffer.from(stderr))
  fold.finish()
  expect(fold.bootstrap).toMatchObject({
    state: 'failed',
    phases: [{ state: 'failed', error: { category: 'substrate', transient: false } }],
  })
})

it('says what is in the way when the home cannot be written to', async () => {
  writeFileSync(join(home, '.agent-machines'), 'a file')

  const { code, stderr } = await start(planOf([phase('one', ':')]))

  expect(code).toBe(1)
  expect(stderr).toContain('am-bootstrap: cannot make folders in the home')
})

function phase(id: string, script: string, options: Partial<PlannedPhase> = {}): PlannedPhase {
  return { id, label: id, group: 'core', script, timeoutS: 20, attempts: 1, ...options }
}

function planOf(phases: PlannedPhase[], files: BootstrapPlan['files'] = []): BootstrapPlan {
  return { phases, files }
}

function start(plan: BootstrapPlan) {
  const { script, stdin } = startBootstrapCommand(plan)
  return run(script, stdin)
}

async function follow(plan: BootstrapPlan = planOf([])) {
  const { stdout, stderr } = await run(followBootstrapCommand().script)
  const fold = new BootstrapFold(plan.phases)
  const events = [
    ...fold.readState(Buffer.from(stdout)),
    ...fold.readLog(Buffer.from(stderr)),
    ...fold.finish(),
  ]
  const log = events.flatMap((each) => (each.event === 'log' ? each.data.text : [])).join('')
  return { fold, log }
}

function run(script: string, stdin?: Uint8Array, prefix: string[] = []) {
  return new Promise<{ stdout: string; stderr: string; code: number }>((resolve, reject) => {
    const [file = '', ...args] = [...prefix, '/bin/sh', '-c', script]
    const child = spawn(file, args, { cwd: home, env: { HOME: home, PATH: '/usr/bin:/bin' } })
    children.add(child)
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      children.delete(child)
      resolve({ ...output, code: code ?? -1 })
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
  })
}

/** Kills the runner alone, or the phase with its group; harmless when there is none. */
function killRecorded(which: string): void {
  const path = join(home, '.agent-machines/bootstrap', which)
  const pid = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : Number.NaN
  if (!(pid > 1)) return
  try {
    process.kill(which === 'phase' ? -pid : pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await delay(10)
  expect(holds()).toBe(true)
}
