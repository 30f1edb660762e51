import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  endRunCommand,
  exitOfRunCommand,
  followRunCommand,
  forgetRunCommand,
  noSuchRun,
  parseRunExit,
  startRunCommand,
} from './run-commands.ts'

const id = 'r0123456789'
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "am-run's-"))
  mkdirSync(join(home, 'work'))
  mkdirSync(join(home, '.agent-machines/state'), { recursive: true })
  writeFileSync(join(home, '.agent-machines/state/agent.env'), 'KEY=\'from the "console"\'\n')
})
afterEach(() => {
  run(endRunCommand(id, 'cancelled').script)
  follow()
  rmSync(home, { recursive: true, force: true })
})

it('gives the agent its task on standard input and its environment, in the work folder', () => {
  start('printf "%s|%s|%s|" "$KEY" "$EXTRA" "$PWD"; cat', { task: "it's\na 😀 task $(id)" })

  expect(follow()).toEqual({
    code: 0,
    stdout: `from the "console"|x y|${join(home, 'work')}|it's\na 😀 task $(id)`,
  })
  expect(exitOf()).toEqual({ exitCode: 0, reason: 'ended', stderr: '' })
})

it('tells how the agent failed, with the end of what it complained', () => {
  start('echo no such model >&2; exit 3')
  follow()

  expect(exitOf()).toEqual({ exitCode: 3, reason: 'ended', stderr: 'no such model\n' })
})

it('prints what came after the offset', () => {
  start('printf 0123456789')
  follow()

  expect(follow(4).stdout).toBe('456789')
})

it('starts a run once, however often and at once it is asked to', async () => {
  const asked = startRunCommand(planned('echo started; sleep 0.3'))
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const child = spawn('/bin/sh', ['-c', asked.script], { env: environment() })
      child.stdin.end(asked.stdin)
      await new Promise((resolve) => child.once('close', resolve))
    }),
  )

  expect(follow().stdout).toBe('started\n')
  start('echo again')
  expect(follow().stdout).toBe('started\n')
})

it('is cancelled with everything it started, in whatever group', () => {
  start('setsid sh -c "trap : TERM; while :; do echo x >>beats; sleep 0.05; done" & echo up; sleep 60')
  until(() => existsSync(join(home, 'work/beats')))

  run(endRunCommand(id, 'cancelled').script)
  follow()

  expect(exitOf()).toMatchObject({ exitCode: 143, reason: 'cancelled' })
  expect(marked()).toEqual([])
})

it('is ended by force when it does not end by itself', () => {
  start('trap : TERM; echo up >up; while :; do sleep 0.1; done')
  until(() => existsSync(join(home, 'work/up')) && existsSync(fileOf('agent')))

  run(endRunCommand(id, 'cancelled').script)
  follow()

  expect(exitOf()).toMatchObject({ exitCode: 137, reason: 'cancelled' })
})

it('is ended at its time limit', () => {
  start('sleep 60', { timeoutMs: 1000 })
  follow()

  expect(exitOf()).toMatchObject({ exitCode: 143, reason: 'timed-out' })
})

it('is lost when its runner was killed, and cancelling ends what is left of it', () => {
  start('sleep 60')
  until(() => existsSync(fileOf('agent')))
  process.kill(Number(readFileSync(fileOf('runner'), 'utf8').split(' ')[0]), 'SIGKILL')

  expect(follow().code).toBe(0)
  expect(exitOf()).toEqual({ exitCode: null, reason: 'lost', stderr: '' })
  run(endRunCommand(id, 'cancelled').script)
  expect(marked()).toEqual([])
})

it('is unknown where it never was, and once it was forgotten', () => {
  expect(follow().code).toBe(noSuchRun)
  start('echo x')
  follow()
  run(forgetRunCommand(id).script)

  expect(follow().code).toBe(noSuchRun)
  expect(run(endRunCommand(id, 'cancelled').script).code).toBe(0)
})

it('keeps the task from other users and out of every command line', () => {
  start(
    'cat /proc/*/cmdline 2>/dev/null | tr "\\0" "\\n" | grep -c "canary[ ]task"; stat -c %a ~/.agent-machines/runs',
    {
      task: 'a canary task',
    },
  )

  expect(follow().stdout).toBe('0\n700\n')
})

function planned(script: string, { task = 'task', timeoutMs = 60_000 } = {}) {
  const headless = { command: ['/bin/sh', '-c', script], environment: { EXTRA: 'x y' } }
  return { id, task, timeoutMs, workDirectory: join(home, 'work'), headless }
}

function start(script: string, options?: { task?: string; timeoutMs?: number }): void {
  const command = startRunCommand(planned(script, options))
  const { code, stderr } = run(command.script, command.stdin)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

function follow(offset = 0) {
  const { code, stdout } = run(followRunCommand(id, offset).script)
  return { code, stdout }
}

function exitOf() {
  return parseRunExit(run(exitOfRunCommand(id).script).stdout)
}

function run(script: string, input?: Uint8Array) {
  const result = spawnSync('/bin/sh', ['-c', script], { env: environment(), ...(input ? { input } : {}) })
  return { code: result.status, stdout: String(result.stdout), stderr: String(result.stderr) }
}

function environment() {
  return { HOME: home, PATH: process.env['PATH'] }
}

function fileOf(name: string): string {
  return join(home, '.agent-machines/runs', id, name)
}

/** Ids of the processes that carry the mark of the run. */
function marked(): string[] {
  const { stdout } = run(`grep -lF AGENT_MACHINES_RUN=${id} /proc/[0-9]*/environ 2>/dev/null`)
  return stdout.split('\n').filter((line) => line !== '')
}

function until(holds: () => boolean): void {
  const deadline = Date.now() + 5000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('not within 5 s')
    spawnSync('sleep', ['0.02'])
  }
}
