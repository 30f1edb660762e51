import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentSignals } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'
import type { ConsoleHub } from './console-hub.ts'

const data = (text: string) => Buffer.from(text).toString('base64')
const processFile = '.agent-machines/console/agent/process'
const forever = () => new AbortController().signal

it('comes back with a new snapshot and the same epoch after its courier was killed', async () => {
  const { machine, hub, viewer, epoch } = await startedConsole()
  await hub.input({ client: 'one', seq: 1, data: data('before\r') })
  await viewer.until((screen) => screen.includes('before\nbefore'))

  process.kill(machine.pidIn('courier'), 'SIGKILL')
  const answer = await hub.input({ client: 'one', seq: 2, epoch, data: data('after\r') })
  await viewer.until(
    (screen, events) =>
      screen.includes('before\nbefore\nafter\nafter') &&
      events.some((event) => event.event === 'snapshot' && event.data.reason === 'trimmed'),
  )

  expect(answer).toEqual({ acked: 2, epoch })
})

it('comes back with a new epoch after tmux was killed, and refuses what was meant for the old one', async () => {
  const { machine, hub, viewer, epoch } = await startedConsole()
  await hub.input({ client: 'one', seq: 1, epoch, data: data('x') })

  process.kill(serverPid(machine), 'SIGKILL')
  await viewer.until((_, events) =>
    events.some((e) => e.event === 'snapshot' && e.data.reason === 'restarted'),
  )
  const refused = await hub.input({ client: 'one', seq: 2, epoch, data: data('y') }).catch((error) => error)

  expect(refused).toMatchObject({ code: 'CONSOLE_RESTARTED', details: { expected: 1 } })
  expect(refused.details.epoch).not.toBe(epoch)
  expect(await hub.open({ cols: 80, rows: 24, client: 'one' })).toMatchObject({
    epoch: refused.details.epoch,
    expected: 1,
  })
})

it('starts its loop again when it was killed', async () => {
  const { machine, hub } = await startedConsole()
  await machine.loopStands()
  const loop = machine.pidIn('watch')

  process.kill(loop, 'SIGKILL')
  await eventually(() => !isAlive(loop))
  await hub.open({ cols: 80, rows: 24 })

  await eventually(() => machine.pidIn('watch') !== loop && isAlive(machine.pidIn('watch')))
})

it('reports process, file and title of the agent, and their end', async () => {
  const { machine, hub } = await startedConsole(
    `mkdir -p sig; echo '{"it":"runs"}' >sig/$$.json; printf '\\033]2;working\\007'; exec cat`,
    ({ home }) => {
      mkdirSync(join(home, '.agent-machines/state'), { recursive: true })
      writeFileSync(join(home, '.agent-machines/state/signals'), 'file work/sig/<pid>.json\ntitle\n')
      mkdirSync(join(home, 'work'))
    },
  )
  const seen = collect(hub)

  await seen.until((signals) => signals.title === 'working' && signals.file !== null)
  const first = seen.last()
  const file = join(machine.home, first?.file?.path ?? '')
  const beforeTheAgent = new Date(Date.now() - 60_000)
  utimesSync(file, beforeTheAgent, beforeTheAgent)
  await seen.until((signals) => signals.file === null, 1500)
  utimesSync(file, new Date(), new Date())
  await seen.until((signals) => signals.file !== null, 1500)
  rmSync(file)
  await seen.until((signals) => signals.file === null, 1500)
  process.kill(first?.process?.pid ?? 0, 'SIGKILL')
  await seen.until((signals) => signals.process?.state === 'exited', 1500)

  expect(first?.file?.content).toBe('{"it":"runs"}\n')
  expect(first?.process).toMatchObject({ state: 'running', exitCode: null })
  expect(seen.last()?.process).toMatchObject({ pid: first?.process?.pid, exitCode: 137 })
})

it('reports what the keeper of a chat gateway says, and that it is kept no longer', async () => {
  const { machine, hub } = await startedConsole('exec cat')
  const keeper = spawn('sleep', ['1000'])
  const pid = keeper.pid ?? 0
  const born = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')[19]
  const gateway = join(machine.home, '.agent-machines/state/gateway')
  const say = (text: string) => writeFileSync(join(gateway, 'health'), `${pid} ${born} ${text}\n`)
  mkdirSync(gateway, { recursive: true })
  const seen = collect(hub)
  await seen.until((signals) => signals.process !== null)

  say('ready 8642 2026-11-23T00:00:00Z ')
  await seen.until((signals) => signals.gateway?.state === 'ready', 1500)
  say("ready 8642 2026-11-23T00:00:00Z '; kill-server '")
  await seen.until((signals) => signals.gateway?.detail === 'It says nothing that can be read.', 1500)
  say('ready 8643 2026-11-23T00:00:01Z ')
  await seen.until((signals) => signals.gateway?.port === 8643, 1500)
  keeper.kill('SIGKILL')
  await once(keeper, 'exit')
  await seen.until((signals) => signals.gateway?.state === 'down', 1500)

  expect(seen.last()?.gateway).toEqual({
    state: 'down',
    port: 8643,
    since: '2026-11-23T00:00:01Z',
    detail: 'It is not kept running.',
  })
})

it('stops the whole agent, offers it again, and starts it on Enter and on request', async () => {
  const { machine, hub, viewer } = await startedConsole(
    `(trap '' TERM; sleep 1000.${process.pid}) & setsid sleep 1001.${process.pid} & echo up; exec cat`,
  )
  await viewer.until((screen) => screen.includes('up'))

  await hub.agent('stop')
  const left = machine.run(`ps -eo args | grep -E '^sleep 100[01].${process.pid}$' || true`)
  await viewer.until((screen) => screen.includes('Enter starts it'))
  await hub.input({ client: 'one', seq: 1, data: data('\r') })
  await viewer.until((screen) => (screen.match(/^up$/gm) ?? []).length === 2)
  await hub.agent('restart')
  await eventually(() => /^running/.test(readFileSync(join(machine.home, processFile), 'utf8')))
  await viewer.until((screen) => /^up$/m.test(screen))

  expect(left).toBe('')
})

it('does nothing with what was typed for an agent that has ended', async () => {
  const { hub, viewer } = await startedConsole('echo up; sleep 1; exit 3')
  await viewer.until((screen) => screen.includes('up'))

  await hub.input({ client: 'one', seq: 1, data: data('\rs') })
  await viewer.until((screen) => screen.includes('ended with exit code 3'))
  await hub.input({ client: 'one', seq: 2, data: data('this is for the agent\r') })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const meanwhile = viewer.text()
  await hub.input({ client: 'one', seq: 3, data: data('\r') })
  await viewer.until((screen) => (screen.match(/^up$/gm) ?? []).length === 2)

  expect(meanwhile.match(/^up$/gm)).toHaveLength(1)
  expect(meanwhile).not.toContain('this')
})

it('releases a driver that is neither watching nor typing', async () => {
  const { machine, hub, stop } = await startedConsole()
  stop()
  await hub.close()
  const other = machine.hub()
  const viewer = new Viewer(other.stream({ signal: forever() }))

  await viewer.until(
    (_, events) => events.some((e) => e.event === 'driver' && e.data.driver === null),
    25_000,
  )

  expect(await other.open({ cols: 90, rows: 25, client: 'two' })).toMatchObject({
    cols: 90,
    rows: 25,
    driver: { client: 'two' },
  })
})

async function startedConsole(agent?: string, prepare: (machine: ConsoleMachine) => void = () => undefined) {
  const machine = consoleMachine(agent)
  onTestFinished(() => machine.remove())
  prepare(machine)
  const hub = machine.hub()
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const stop = new AbortController()
  const viewer = new Viewer(hub.stream({ client: 'one', signal: stop.signal }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))
  return { machine, hub, viewer, epoch, stop: () => stop.abort() }
}

function serverPid(machine: ConsoleMachine): number {
  return Number(
    machine.run(`tmux -S "$HOME/.agent-machines/console/agent/tmux.sock" display-message -p '#{pid}'`),
  )
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function collect(hub: ConsoleHub) {
  const seen: AgentSignals[] = []
  const reading = (async () => {
    for await (const signals of hub.signals()) seen.push(signals)
  })()
  reading.catch(() => undefined)
  return {
    last: () => seen.at(-1),
    until: (isDone: (signals: AgentSignals) => boolean, ms = 5000) =>
      eventually(() => seen.at(-1) !== undefined && isDone(seen.at(-1) as AgentSignals), ms),
  }
}
