import type { ConsoleEvent, ConsoleTier } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { continuityOf, joinOnce, openPrinting, printNumbers, take } from '../testing/joins.ts'
import { execOfTier } from '../testing/slow-exec.ts'
import { Viewer } from '../testing/viewer.ts'

const joins: [ConsoleTier, number][] = [
  ['attach', 120],
  ['stream', 40],
  ['poll', 40],
]

it.each(joins)('loses and repeats no line by %s in %i joins at 2,000 lines a second', async (tier, count) => {
  const machine = consoleMachine(printNumbers)
  onTestFinished(() => machine.remove())
  const hub = machine.hub({ exec: execOfTier(machine.exec, tier) })
  await openPrinting(hub)

  let lines = 0
  for (let join = 0; join < count; join++) {
    const seen = await joinOnce(hub, join)
    expect(seen, `join ${join}`).toMatchObject({ lost: 0, repeated: 0 })
    lines += seen.lines
  }

  expect(lines).toBeGreaterThan(20 * count)
})

it('resumes from each cursor exactly, through a second instance that joins late', async () => {
  const machine = consoleMachine(printNumbers)
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, launch: true })
  const first = await take(hub.stream({ signal: AbortSignal.timeout(1000) }), 6)
  const cursor = first.events.map((event) => ('id' in event ? event.id : undefined)).findLast(Boolean)

  const second = await take(machine.hub().stream({ cursor, signal: AbortSignal.timeout(3000) }), 6)

  expect(second.events[0]).toMatchObject({ event: 'started', data: { resumed: true } })
  expect(continuityOf(first.text + second.text)).toMatchObject({ lost: 0, repeated: 0 })
})

it('shows no screen to a reader that goes on, through an instance that has to guess the pen of the others', async () => {
  const machine = consoleMachine(
    `stty -echo; seq -f '%0100.f' 1 20000; while read -r line; do printf 'so\\033[0m it is %s\\n' "$line"; done`,
  )
  onTestFinished(() => machine.remove())
  const [first, second] = [machine.hub(), machine.hub()]
  const signal = AbortSignal.timeout(20_000)
  const { epoch } = await first.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const before = new Viewer(first.stream({ signal }))
  await before.until((screen) => screen.includes('20000'))
  await first.close()

  const goesOn = new Viewer(second.stream({ cursor: before.lastId, signal }))
  const joins = new Viewer(second.stream({ signal }))
  await joins.until((screen) => screen.includes('20000'))
  await second.input({ client: 'one', seq: 1, epoch, data: Buffer.from('now\r').toString('base64') })
  await goesOn.until((screen) => screen.includes('it is now'))
  await joins.until((_, events) => snapshotReasons(events).length === 2)

  expect(snapshotReasons(goesOn.events)).toEqual([])
  expect(snapshotReasons(joins.events)).toEqual(['attach', 'trimmed'])
})

const snapshotReasons = (events: readonly ConsoleEvent[]) =>
  events.flatMap((event) => (event.event === 'snapshot' ? [event.data.reason] : []))

it('gives a reader that stalled one snapshot and keeps little for it', async () => {
  const machine = consoleMachine(
    `while [ ! -e "$HOME/go" ]; do sleep 0.05; done; yes "$(printf %0100d 7)" | head -c 60000000; exec cat`,
  )
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const reader = hub.stream({ client: 'one', signal: AbortSignal.timeout(50_000) })[Symbol.asyncIterator]()
  await reader.next()
  await reader.next()
  const before = process.memoryUsage().rss
  machine.run('touch "$HOME/go"')

  await eventually(() => hub.state.window.end > 60_000_000, 50_000)
  const grown = process.memoryUsage().rss - before
  const next = await reader.next()
  const disk = Number(machine.run('du -kL "$HOME"/.agent-machines/console/agent/*.log').split('\t')[0])
  const late = machine.hub().stream({ signal: AbortSignal.timeout(10_000) })
  const joined = await take(late, 0, 2)
  await hub.input({ client: 'one', seq: 1, data: Buffer.from('x').toString('base64') })

  expect(next.value).toMatchObject({ event: 'snapshot', data: { reason: 'behind' } })
  expect(joined.events[1]).toMatchObject({ event: 'snapshot', data: { reason: 'attach' } })
  expect(disk).toBeLessThanOrEqual(10 * 1024)
  expect(grown / 2 ** 20).toBeLessThan(150)
})
