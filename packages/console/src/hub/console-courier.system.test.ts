import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'

it('subscribes to title and death in every courier, however soon the first command comes', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const folder = join(machine.home, '.agent-machines/console/agent')
  const start = 'am=$HOME/.agent-machines/bin/am-console; "$am" ensure agent 80 24'
  machine.run(`${start} --launch`)

  for (let life = 1; life <= 12; life++) {
    process.kill(machine.pidIn('courier'), 'SIGKILL')
    machine.run(`${start}; echo "display-message -p am:first" | "$am" relay agent`)
    const [, id] = readFileSync(join(folder, 'courier'), 'utf8').split(' ')
    const log = () => readFileSync(join(folder, `${id}.log`), 'utf8')

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
