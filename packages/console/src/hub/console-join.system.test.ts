import type { ConsoleTier } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { continuityOf, joinOnce, openPrinting, printNumbers, take } from '../testing/joins.ts'
import { execOfTier } from '../testing/slow-exec.ts'

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
