import type { ConsoleEvent } from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'

const printNumbers = `exec awk 'BEGIN { for (n = 1; ; n++) { printf "N%07d\\n", n; if (n % 20 == 0) { fflush(); system("sleep 0.007") } } }'`

it('loses and repeats no line in 120 joins while 2,000 lines a second are printed', async () => {
  const machine = consoleMachine(printNumbers)
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, launch: true })
  const faults: string[] = []

  for (let join = 0; join < 120; join++) faults.push(...(await joinOnce(hub.stream.bind(hub), join)))

  expect(faults).toEqual([])
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
  expect(faultsOf(first.text + second.text)).toEqual([])
})

it('gives a reader that stalled one snapshot and keeps little for it', async () => {
  const machine = consoleMachine(
    `while [ ! -e "$HOME/go" ]; do sleep 0.05; done; yes "$(printf %0100d 7)" | head -c 60000000; exec cat`,
  )
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, client: 'one', launch: true })
  const reader = hub.stream({ signal: AbortSignal.timeout(50_000) })[Symbol.asyncIterator]()
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

type Open = (request: { signal: AbortSignal }) => AsyncIterable<ConsoleEvent>

async function joinOnce(open: Open, join: number): Promise<string[]> {
  const { text } = await take(open({ signal: AbortSignal.timeout(5000) }), 3 + (join % 5))
  return faultsOf(text)
}

async function take(stream: AsyncIterable<ConsoleEvent>, outputs: number, all = 0) {
  const events: ConsoleEvent[] = []
  let text = ''
  for await (const event of stream) {
    events.push(event)
    if (event.event === 'snapshot' || event.event === 'output')
      text += Buffer.from(event.data.data, 'base64').toString()
    if (events.length >= all && events.filter(({ event }) => event === 'output').length >= outputs) break
  }
  return { events, text }
}

/** Numbers that do not follow the one before; the first and the last may be cut. */
function faultsOf(text: string): string[] {
  const numbers = [...text.matchAll(/N(\d{7})/g)].map((match) => Number(match[1]))
  if (numbers.length < 20) return [`only ${numbers.length} lines`]
  return numbers.flatMap((number, index) =>
    index > 0 && number !== (numbers[index - 1] ?? 0) + 1 ? [`${numbers[index - 1]} -> ${number}`] : [],
  )
}
