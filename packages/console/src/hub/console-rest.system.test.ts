import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsoleRest } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { killEverything } from '../testing/machine-processes.ts'
import { Viewer } from '../testing/viewer.ts'

/** An agent that says how it was started, and repeats what is typed. */
const agent = 'stty -echo; echo "started with [$*]"; exec cat'

it('rebuilds what a sleep did not leave: the text, a line about it, and the agent with its conversation', async () => {
  const machine = aMachine(agent)
  mkdirSync(join(machine.home, 'talks'))
  writeFileSync(join(machine.home, 'talks/one.jsonl'), '')
  setConversations(machine, 'file talks/*.jsonl')
  const before = await typed(machine, 'said before the sleep')

  program(machine, 'before-sleep')
  killEverything(machine)
  program(machine, 'after-wake')

  const after = await seen(machine, /started with \[resume\]/)
  expect(after.lines).toContain('said before the sleep')
  expect(after.lines.filter((line) => line.includes('the conversation goes on'))).toHaveLength(1)
  expect(after.rest).toMatchObject({ cause: 'sleep', processes: 'lost', conversation: 'resumed' })
  expect(after.epoch).not.toBe(before.epoch)
})

it('brings back after a crash what was on the screen a while before', async () => {
  const machine = aMachine(agent)
  await typed(machine, 'said before the crash')
  await eventually(() => files(machine).includes('alive') && kept(machine).includes('said before'), 5000)

  killEverything(machine)

  const after = await seen(machine, /Its processes ended after[\s\S]*started with \[\]/)
  expect(after.lines).toContain('said before the crash')
  expect(after.rest).toMatchObject({ cause: 'loss', processes: 'lost', conversation: 'new' })
})

it('starts a new conversation where the old one cannot be continued, and says so', async () => {
  const machine = aMachine(`[ "$1" = resume ] && { echo 'nothing to resume'; exit 1; }\n${agent}`)
  setConversations(machine, 'file .agent-machines/bin/agent')
  await typed(machine, 'said before')

  program(machine, 'before-sleep')
  killEverything(machine)
  program(machine, 'after-wake')

  const after = await seen(machine, /could not be continued[\s\S]*started with \[\]/)
  expect(after.rest).toMatchObject({ cause: 'sleep', conversation: 'new' })
})

it('starts an agent anew in its conversation when it is reloaded, and leaves one that does not run', async () => {
  const machine = aMachine(agent)
  setConversations(machine, 'file .agent-machines/bin/agent')
  const before = await typed(machine, 'said before')

  program(machine, 'agent reload agent')

  const after = await seen(machine, /Set up again[\s\S]*started with \[resume\]/)
  expect(after.epoch).toBe(before.epoch)
  expect(after.rest).toBe(null)

  program(machine, 'agent stop agent')
  program(machine, 'agent reload agent')
  const stopped = await seen(machine, /The agent ended/)
  expect(stopped.lines.filter((line) => line.startsWith('started with'))).toEqual(['started with [resume]'])
})

it('goes on in the conversation also when another one wants the agent started at the same time', async () => {
  const machine = aMachine(`echo "started with [$*]" >>"$HOME/starts"; exec cat`)
  setConversations(machine, 'file .agent-machines/bin/agent')
  await machine.hub().open({ cols: 80, rows: 24, launch: true })
  await eventually(() => files(machine).includes('alive'))

  killEverything(machine)
  const ensure = '"$HOME/.agent-machines/bin/am-console" ensure agent 80 24'
  machine.run(`rm "$HOME/starts"; ${ensure} & ${ensure} --launch; ${ensure} --launch; wait`)

  await eventually(() => machine.run('cat "$HOME/starts"').includes('started'))
  expect(machine.run('cat "$HOME/starts"')).toBe('started with [resume]\n')
})

it('offers an agent that had ended before the sleep, and starts nothing', async () => {
  const machine = aMachine('echo up; exit 3')
  await launched(machine, /ended with exit code 3/)

  program(machine, 'before-sleep')
  killEverything(machine)
  program(machine, 'after-wake')

  const after = await seen(machine, /The agent is not running/)
  expect(after.lines.filter((line) => line === 'up')).toHaveLength(1)
})

it('says of a session that went on through the sleep when that was, and touches nothing', async () => {
  const machine = aMachine(agent)
  const before = await typed(machine, 'said before')

  program(machine, 'before-sleep')
  program(machine, 'after-wake')

  const after = await seen(machine, /said before/)
  expect(after.rest).toMatchObject({ cause: 'sleep', processes: 'kept', conversation: 'kept' })
  expect(after.epoch).toBe(before.epoch)
  expect(after.lines).toEqual(before.lines)
})

it('comes back in the size that it had last, whoever looked at it', async () => {
  const machine = aMachine(agent)
  const hub = machine.hub()
  const { epoch } = await hub.open({ cols: 100, rows: 30, client: 'one', launch: true })
  const resize = { client: 'one', seq: 1, epoch, cols: 160, rows: 50 }
  expect(await hub.resize(resize)).toMatchObject({ cols: 160, rows: 50 })
  await hub.open({ cols: 20, rows: 5 })
  await eventually(() => machine.run('cat "$HOME/.agent-machines/console/agent/size"') === '160 50\n')
  expect(await hub.resize({ ...resize, cols: 90 })).toMatchObject({ acked: 1, cols: 160, rows: 50 })
  await hub.close()

  killEverything(machine)
  program(machine, 'after-wake')

  expect(await machine.hub().open({ cols: 20, rows: 5 })).toMatchObject({ cols: 160, rows: 50 })
})

it('rebuilds every session there was', async () => {
  const machine = aMachine(agent)
  await typed(machine, 'of the agent')
  await launched(machine, /[$#]$/m, 'shell')
  await typed(machine, 'echo of the shell', 'shell')

  program(machine, 'before-sleep')
  killEverything(machine)
  program(machine, 'after-wake')

  expect((await seen(machine, /started with/)).lines).toContain('of the agent')
  expect((await seen(machine, /of the shell/, 'shell')).lines).toContain('of the shell')
})

interface Look {
  readonly lines: readonly string[]
  readonly rest: ConsoleRest | null
  readonly epoch: string
}

function aMachine(script: string): ConsoleMachine {
  const machine = consoleMachine(script)
  onTestFinished(() => machine.remove())
  return machine
}

async function launched(machine: ConsoleMachine, wanted: RegExp, session = 'agent'): Promise<void> {
  const hub = machine.hub({ session })
  await hub.open({ cols: 80, rows: 24, launch: true })
  await lookAt(hub, wanted)
  await hub.close()
}

/** Types once the agent runs, and looks when it has repeated that. */
async function typed(machine: ConsoleMachine, text: string, session = 'agent'): Promise<Look> {
  if (session === 'agent') await launched(machine, /started with/)
  const hub = machine.hub({ session })
  const data = Buffer.from(`${text}\r`).toString('base64')
  await hub.input({ client: 'one', seq: 1, data })
  const look = await lookAt(hub, new RegExp(`^${text.replace('echo ', '')}$`, 'm'))
  await hub.close()
  return look
}

async function seen(machine: ConsoleMachine, wanted: RegExp, session = 'agent'): Promise<Look> {
  const hub = machine.hub({ session })
  const look = await lookAt(hub, wanted)
  await hub.close()
  return look
}

async function lookAt(hub: ReturnType<ConsoleMachine['hub']>, wanted: RegExp): Promise<Look> {
  const stop = new AbortController()
  const viewer = new Viewer(hub.stream({ signal: stop.signal }))
  await viewer.until((screen) => wanted.test(screen))
  stop.abort()
  await viewer.done
  const { epoch, rest } = hub.state
  return { lines: viewer.text().split('\n'), rest, epoch }
}

function program(machine: ConsoleMachine, command: string): void {
  machine.run(`"$HOME/.agent-machines/bin/am-console" ${command}`)
}

function setConversations(machine: ConsoleMachine, line: string): void {
  mkdirSync(join(machine.home, '.agent-machines/state'), { recursive: true })
  writeFileSync(join(machine.home, '.agent-machines/state/resume'), `${line}\n`)
}

function files(machine: ConsoleMachine): string[] {
  return readdirSync(join(machine.home, '.agent-machines/console/agent'))
}

function kept(machine: ConsoleMachine): string {
  return machine.run('cat "$HOME/.agent-machines/console/agent/scrollback" 2>/dev/null || true')
}
