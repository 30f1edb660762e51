import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsoleEvent } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleMachine, consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { nameOf } from '../testing/machine-processes.ts'
import { newTerminal, stateOf, Viewer, write } from '../testing/viewer.ts'

it('subscribes to title and death in every courier, however soon the first command comes', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const folder = join(machine.home, '.agent-machines/console/agent')
  const start = 'am=$HOME/.agent-machines/bin/am-console; "$am" ensure agent 80 24'
  machine.run(`${start} --launch`)

  for (let life = 1; life <= 12; life++) {
    process.kill(machine.pidIn('courier'), 'SIGKILL')
    machine.run(`${start}; echo "display-message -p am:first" | "$am" relay agent`)
    // The loop beside it may have brought back the dead one as well.
    const log = () => {
      const [, id] = readFileSync(join(folder, 'courier'), 'utf8').split(' ')
      const path = join(folder, `${id}.log`)
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    }

    await eventually(() => log().includes('am:first') && log().includes('%session-changed'))

    expect(log()).not.toContain('%error')
  }
})

it('tells who typed that it was typed, also when the courier that said so first is gone', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const batch = { client: 'one', seq: 1, data: Buffer.from('x').toString('base64') }
  const before = machine.hub()
  await before.open({ cols: 80, rows: 24, client: 'one', launch: true })
  await before.input(batch)
  await before.close()
  process.kill(machine.pidIn('courier'), 'SIGKILL')
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, client: 'one' })
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const viewer = new Viewer(hub.stream({ client: 'one', signal: stop.signal }))
  await viewer.until((_, events) => events.some(({ event }) => event === 'snapshot'))

  await hub.input(batch)

  const acks = () => viewer.events.filter(({ event }) => event === 'ack').map(({ data }) => data)
  await eventually(() => acks().length > 0)
  expect(acks()).toEqual([{ client: 'one', acked: 1 }])
})

it.each(['a viewer that was there', 'a viewer of another instance'])(
  'shows %s the true colours, once they can be known, of what was printed after a courier died',
  async (who) => {
    const machine = consoleMachine('stty raw -echo; exec cat >/dev/null')
    onTestFinished(() => machine.remove())
    const hub = machine.hub()
    await hub.open({ cols: 80, rows: 24, launch: true })
    const viewer = watch(hub)
    await viewer.until(isShown)
    const truth = newTerminal(80, 24)
    const print = async (text: string) => {
      machine.run(`printf '%s' '${text}' >"$(${tmux} display-message -p '#{pane_tty}')"`)
      await write(truth, text)
    }
    await print('\x1b[H\x1b[2J\x1b[0;32mgreen ')
    await viewer.until((screen) => screen.includes('green'))

    await withoutCourier(machine, () => print('\x1b[1;45munseen '))
    const late = who === 'a viewer that was there' ? viewer : watch(machine.hub())
    await late.until((screen) => screen.includes('unseen'))
    await print('guessed ')
    await late.until((screen) => screen.includes('guessed'))
    await print('\x1b[0mknown \x1b[33mbrown')
    await late.until((screen) => screen.includes('brown'))
    await print('\x1b[0m last')
    await late.until((screen) => screen.includes('last'))

    expect(stateOf(late.terminal).rows).toEqual(stateOf(truth).rows)
    expect(snapshots(late)).toBe(who === 'a viewer that was there' ? 3 : 2)
    const again = watch(machine.hub(), late.lastId)
    await again.until((_, events) => events.some(({ event }) => event === 'started'))
    await print('!')
    await again.until((screen) => screen.includes('!'))
    expect(snapshots(again)).toBe(0)
  },
)

const tmux = 'tmux -S "$HOME/.agent-machines/console/agent/tmux.sock"'

const isShown = (_: string, events: readonly ConsoleEvent[]) =>
  events.some(({ event }) => event === 'snapshot')

const snapshots = ({ events }: Viewer) => events.filter(({ event }) => event === 'snapshot').length

function watch(hub: ReturnType<ConsoleMachine['hub']>, cursor?: string): Viewer {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  return new Viewer(hub.stream({ cursor, signal: stop.signal }))
}

/** Does `act` between the death of a courier and the next one's birth. */
async function withoutCourier(machine: ConsoleMachine, act: () => Promise<void>): Promise<void> {
  const folder = join(machine.home, '.agent-machines/console/agent')
  const holder = spawn('flock', [join(folder, 'lock'), 'sh', '-c', 'echo held; read end'])
  await once(holder.stdout, 'data')
  const courier = machine.pidIn('courier')
  process.kill(courier, 'SIGKILL')
  await eventually(() => nameOf(courier) === '')
  await act()
  holder.stdin.end()
  await once(holder, 'close')
}
