import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAgentMachinesError } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'
import type { ConsoleHub } from './console-hub.ts'

const data = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('base64')
const forever = () => new AbortController().signal

it('paints the screen, then what is typed', async () => {
  const { hub } = machineWithHub()
  const opened = await hub.open({ cols: 80, rows: 24, client: 'one', label: 'One', launch: true })
  const viewer = new Viewer(hub.stream({ client: 'one', signal: forever() }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))

  const answer = await hub.input({ client: 'one', seq: 1, epoch: opened.epoch, data: data('hello\r') })
  await viewer.until((screen) => screen.includes('hello\nhello'))
  await viewer.until((_, events) => events.some((event) => event.event === 'ack'))

  expect(opened).toMatchObject({ session: 'agent', cols: 80, rows: 24, tier: 'attach', expected: 1 })
  expect(opened.driver).toMatchObject({ client: 'one', label: 'One' })
  expect(answer).toEqual({ acked: 1, epoch: opened.epoch })
  expect(viewer.events.map((event) => event.event).slice(0, 2)).toEqual(['started', 'snapshot'])
  expect(viewer.events).toContainEqual({ event: 'ack', data: { client: 'one', acked: 1 } })
})

it('types shuffled and repeated batches sent through two instances exactly once, in order', async () => {
  const { machine, hub } = machineWithHub(recordInput)
  const other = machine.hub()
  const opened = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  await other.open({ cols: 80, rows: 24 })
  await eventually(() => existsSync(join(machine.home, 'typed')))
  const bytes = randomBytes(3000)
  const batches = Array.from({ length: 600 }, (_, index) => ({
    client: 'one',
    seq: index + 1,
    epoch: opened.epoch,
    data: data(bytes.subarray(index * 5, index * 5 + 5)),
  }))

  for (let start = 0; start < batches.length; start += 8) {
    const slice = batches.slice(start, start + 8)
    const sent = shuffled([...slice, ...slice.slice(0, 3)])
    await Promise.all(sent.map((batch, index) => (index % 2 ? hub : other).input(batch)))
  }

  await eventually(() => readFileSync(join(machine.home, 'typed')).length >= bytes.length)
  expect(readFileSync(join(machine.home, 'typed')).equals(bytes)).toBe(true)
})

it('pastes 100 KB exactly, as one batch, with line ends as a terminal sends them', async () => {
  const { machine, hub } = machineWithHub(recordInput)
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  await eventually(() => existsSync(join(machine.home, 'typed')))
  const text = Array.from({ length: 2500 }, (_, index) => `line ${index} ${'é'.repeat(14)}\r\n`).join('')
  const expected = Buffer.from(text.replaceAll('\r\n', '\r'))

  const pasted = await hub.paste({ client: 'one', seq: 1, data: data(text) })
  const typed = await hub.input({ client: 'one', seq: 2, data: data('!') })

  await eventually(() => readFileSync(join(machine.home, 'typed')).length > expected.length)
  expect([pasted.acked, typed.acked]).toEqual([1, 2])
  expect(readFileSync(join(machine.home, 'typed')).equals(Buffer.concat([expected, Buffer.from('!')]))).toBe(
    true,
  )
})

it('lets go of a driver that nobody saw for a while, for who asks without being one', async () => {
  const { machine, hub } = machineWithHub()
  const opened = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  machine.run(
    'tmux -S "$HOME/.agent-machines/console/agent/tmux.sock" set -g @am_seen "$(($(date +%s) - 16))"',
  )

  const looked = await machine.hub().open({ cols: 80, rows: 24 })

  expect(opened.driver).toMatchObject({ client: 'one' })
  expect(looked.driver).toBe(null)
})

it('refuses what the protocol refuses, each with its own code', async () => {
  const { machine, hub } = machineWithHub()
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const input = (fields: object) => hub.input({ client: 'one', seq: 1, epoch, data: data('x'), ...fields })

  expect(await refusal(input({ data: data('x'.repeat(1025)) }))).toMatchObject({ code: 'INPUT_TOO_LARGE' })
  expect(await refusal(input({ seq: 3 }))).toMatchObject({ code: 'INPUT_GAP', details: { expected: 1 } })
  expect(await refusal(input({ epoch: 'other' }))).toMatchObject({
    code: 'CONSOLE_RESTARTED',
    details: { epoch, expected: 1 },
  })
  expect(await refusal(input({ client: 'two' }))).toMatchObject({
    code: 'CONSOLE_NOT_DRIVER',
    details: { driver: { client: 'one' } },
  })
  expect(await input({})).toEqual({ acked: 1, epoch })
  expect(await input({})).toEqual({ acked: 1, epoch })
  const pane = (format: string) =>
    machine.run(`tmux -S "$HOME/.agent-machines/console/agent/tmux.sock" list-panes -F '#{${format}}'`).trim()
  machine.run(`kill -9 ${pane('pane_pid')}`)
  await eventually(() => pane('pane_dead') === '1')
  expect(await refusal(input({ seq: 2 }))).toMatchObject({ code: 'CONSOLE_EXITED' })
  expect(await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })).toMatchObject({
    epoch,
    expected: 2,
  })
  expect(await input({ seq: 2 })).toEqual({ acked: 2, epoch })
})

it('changes the size for the driver only, and tells every viewer at the right byte', async () => {
  const { machine, hub } = machineWithHub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const other = machine.hub()
  const second = await other.open({ cols: 100, rows: 30, client: 'two' })
  const viewer = new Viewer(other.stream({ signal: forever() }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))

  const answer = await hub.resize({ client: 'one', seq: 1, cols: 90, rows: 20 })
  await viewer.until((_, events) => events.some((event) => event.event === 'resize'))

  expect(second).toMatchObject({ cols: 80, rows: 24, driver: { client: 'one' }, expected: 1 })
  expect(answer).toEqual({ acked: 1, cols: 90, rows: 20 })
  expect([viewer.terminal.cols, viewer.terminal.rows]).toEqual([90, 20])
})

it('hands the keyboard over on request, seen by every instance', async () => {
  const { machine, hub } = machineWithHub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const other = machine.hub()
  const viewer = new Viewer(hub.stream({ client: 'one', signal: forever() }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))

  const taken = await other.takeOver({ client: 'two', label: 'Phone' })
  await viewer.until((_, events) =>
    events.some((event) => event.event === 'driver' && event.data.driver?.client === 'two'),
  )

  expect(taken).toMatchObject({ driver: { client: 'two', label: 'Phone' }, expected: 1 })
  expect(await refusal(hub.input({ client: 'one', seq: 1, data: data('x') }))).toMatchObject({
    code: 'CONSOLE_NOT_DRIVER',
  })
})

it('takes the keyboard from the one who had it when that was asked, and from nobody else', async () => {
  const { machine, hub } = machineWithHub()
  const { driver: first } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const other = machine.hub()
  const from = first && { client: first.client, since: first.since }

  const { driver: second } = await other.takeOver({ client: 'two', from })
  const late = await hub.takeOver({ client: 'three', from })
  const free = await hub.takeOver({ client: 'three', from: null })

  expect(second).toMatchObject({ client: 'two' })
  expect(late.driver).toEqual(second)
  expect(free.driver).toEqual(second)
  expect((await hub.takeOver({ client: 'three' })).driver).toMatchObject({ client: 'three' })
})

it('continues a cursor with output and never with a snapshot, also in another instance', async () => {
  const { machine, hub } = machineWithHub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const stop = new AbortController()
  const viewer = new Viewer(hub.stream({ signal: stop.signal }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))
  await hub.input({ client: 'one', seq: 1, data: data('first\r') })
  await viewer.until((screen) => screen.includes('first\nfirst'))
  stop.abort()
  await viewer.done
  await hub.input({ client: 'one', seq: 2, data: data('second\r') })

  const resumed = new Viewer(machine.hub().stream({ cursor: viewer.lastId, signal: forever() }))
  await resumed.until((screen) => screen.includes('second\nsecond'))
  const foreign = new Viewer(
    machine.hub({ session: 'shell' }).stream({ cursor: viewer.lastId, signal: forever() }),
  )
  await foreign.until((_, events) => events.some((event) => event.event === 'snapshot'))

  expect(resumed.events[0]).toMatchObject({ event: 'started', data: { resumed: true } })
  expect(resumed.events.some((event) => event.event === 'snapshot')).toBe(false)
  expect(resumed.text()).not.toContain('first')
  expect(foreign.events[1]).toMatchObject({ event: 'snapshot', data: { reason: 'unknown-cursor' } })
})

it('lives in a home whose path is too long for a socket', async () => {
  const machine = consoleMachine('exec cat', `a home/${'long'.repeat(30)}`)
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ signal: forever() }))

  await hub.input({ client: 'one', seq: 1, data: data('hello\r') })

  await viewer.until((screen) => screen.includes('hello\nhello'))
  const socket = machine.run('"$HOME/.agent-machines/bin/am-console" socket agent').trim()
  expect(socket).toMatch(/^\/tmp\/am-\d+\/[0-9-]+$/)
})

it('answers the colour question of a program with the colours of the page', async () => {
  const { hub } = machineWithHub(
    `stty raw -echo; printf '\\033]11;?\\007'; dd bs=64 count=1 2>/dev/null | od -c; exec cat`,
  )
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ signal: forever() }))

  await viewer.until((screen) => /r\s+g\s+b\s+:\s+0\s+b\s+0\s+b/.test(screen))
})

function machineWithHub(agent?: string): { machine: ConsoleMachine; hub: ConsoleHub } {
  const machine = consoleMachine(agent)
  onTestFinished(() => machine.remove())
  return { machine, hub: machine.hub() }
}

const recordInput = 'stty raw -echo; exec dd of="$HOME/typed" bs=64k 2>/dev/null'

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'accepted',
    (error: unknown) => (isAgentMachinesError(error) ? { code: error.code, details: error.details } : error),
  )
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
}
