import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsoleTier, Exec, ExecCommand } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import type { ConsoleHub } from '../hub/console-hub.ts'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { faultyExec, seeded } from '../testing/faulty-exec.ts'
import { distantExec, execOfTier } from '../testing/slow-exec.ts'
import { Viewer } from '../testing/viewer.ts'

const tiers: readonly ConsoleTier[] = ['attach', 'stream', 'poll']
const recordInput = 'stty raw -echo; exec dd of="$HOME/typed" bs=64k 2>/dev/null'
const data = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('base64')
const forever = () => new AbortController().signal

it.each(tiers)('types and paints by %s, and says so', async (tier) => {
  const machine = aMachine('exec cat')
  const hub = machine.hub({ exec: execOfTier(distantExec(machine.exec, 40), tier) })
  const opened = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ client: 'one', signal: forever() }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))

  const answer = await hub.input({ client: 'one', seq: 1, epoch: opened.epoch, data: data('hello\r') })
  await viewer.until((screen) => screen.includes('hello\nhello'))

  expect(opened).toMatchObject({ tier, driver: { client: 'one' }, expected: 1 })
  expect(viewer.events[0]).toMatchObject({ event: 'started', data: { tier } })
  expect(answer).toEqual({ acked: 1, epoch: opened.epoch })
})

it.each(['stream', 'poll'] as const)(
  'types exactly once and in order by %s while commands fail, repeat and overtake each other',
  async (tier) => {
    const seed = randomInt(2 ** 31)
    const machine = aMachine(recordInput)
    const { exec, faults } = faultyExec(machine.exec, seeded(seed))
    const hub = machine.hub({ exec: execOfTier(exec, tier) })
    const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
    await eventually(() => existsSync(join(machine.home, 'typed')))
    const bytes = randomBytes(1000)

    faults.on = true
    for (let sent = 0; sent < bytes.length; sent += 20) {
      const keys = [...bytes.subarray(sent, sent + 20)].map((byte, index) =>
        hub.input({ client: 'one', seq: sent + index + 1, epoch, data: data(Uint8Array.of(byte)) }),
      )
      await Promise.all(keys)
    }
    faults.on = false

    await eventually(() => readFileSync(join(machine.home, 'typed')).length >= bytes.length)
    expect(readFileSync(join(machine.home, 'typed')).equals(bytes), `seed ${seed}`).toBe(true)
    expect(faults.seen.refused + faults.seen.lost, `seed ${seed}`).toBeGreaterThan(0)
    expect(faults.seen.repeated, `seed ${seed}`).toBeGreaterThan(0)
  },
)

it.each(['stream', 'poll'] as const)('types a key again by %s whose command hangs', async (tier) => {
  const machine = aMachine('exec cat')
  let hangs = false
  const exec: Exec = {
    ...machine.exec,
    exec: async (command) => {
      if (!hangs || command.stdin === undefined) return machine.exec.exec(command)
      hangs = false
      return new Promise<never>(() => undefined)
    },
  }
  const hub = machine.hub({ exec: execOfTier(exec, tier) })
  const { epoch } = await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const viewer = new Viewer(hub.stream({ client: 'one', signal: forever() }))
  await viewer.until((_, events) => events.some((event) => event.event === 'snapshot'))

  hangs = true
  const answer = await hub.input({ client: 'one', seq: 1, epoch, data: data('x') })
  await viewer.until((screen) => screen.includes('x'), 5000)

  expect(answer).toEqual({ acked: 1, epoch })
})

it.each(['stream', 'poll'] as const)('pastes 100 KB exactly by %s', async (tier) => {
  const machine = aMachine(recordInput)
  const hub = machine.hub({ exec: execOfTier(machine.exec, tier) })
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  await eventually(() => existsSync(join(machine.home, 'typed')))
  const text = randomBytes(50_000).toString('hex')

  await hub.paste({ client: 'one', seq: 1, data: data(text) })

  await eventually(() => readFileSync(join(machine.home, 'typed')).length >= text.length)
  expect(readFileSync(join(machine.home, 'typed'), 'latin1')).toBe(text)
})

it.each(['stream', 'poll'] as const)(
  'lets no repeated command undo a later one by %s: take-over and size stay with who came last',
  async (tier) => {
    const machine = aMachine('exec cat')
    const commands: ExecCommand[] = []
    const exec: Exec = {
      ...machine.exec,
      exec: (command) => {
        commands.push(command)
        return machine.exec.exec(command)
      },
    }
    const hub = machine.hub({ exec: execOfTier(exec, tier) })
    await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
    await hub.takeOver({ client: 'one' })
    const earlier = commands.filter(({ stdin }) => stdin !== undefined)
    await hub.resize({ client: 'one', seq: 1, cols: 100, rows: 30 })
    const afterResize = await repeated(hub, machine, earlier)
    await hub.takeOver({ client: 'two' })

    const afterTakeOver = await repeated(hub, machine, earlier)

    expect(earlier).not.toEqual([])
    expect(afterResize).toMatchObject({ cols: 100, rows: 30 })
    expect(afterTakeOver).toMatchObject({ driver: { client: 'two' }, cols: 100, rows: 30 })
  },
)

/** The console after commands that were done long ago arrived once more. */
async function repeated(hub: ConsoleHub, { exec }: ConsoleMachine, commands: readonly ExecCommand[]) {
  for (const command of commands) await exec.exec(command)
  return hub.open({ cols: 80, rows: 24 })
}

function aMachine(agent?: string): ConsoleMachine {
  const machine = consoleMachine(agent)
  onTestFinished(() => machine.remove())
  return machine
}
