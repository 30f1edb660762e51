import { expect, it, onTestFinished } from 'vitest'
import { consoleMachine } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { Viewer } from '../testing/viewer.ts'
import type { ConsoleHub } from './console-hub.ts'

const lines = (count: number) => `seq 1 ${count}; exec cat >/dev/null`

it.each([
  [undefined, 1000],
  [0, 0],
  [10, 10],
  [1500, 1500],
  [5000, 1977],
])('brings as many lines above the screen as are asked for (%s) and there are', async (history, brought) => {
  const hub = await consoleThatPrinted(2000)

  const viewer = await joined(hub, history)

  const snapshot = viewer.events.find(({ event }) => event === 'snapshot')
  expect(snapshot).toMatchObject({ data: { history: brought, historyAvailable: 1977 } })
  const { active } = viewer.terminal.buffer
  expect(active.baseY).toBe(brought)
  expect(active.getLine(0)?.translateToString(true)).toBe(String(1978 - brought))
})

it('shares a screen between readers of different depth when it is the same to both', async () => {
  const hub = await consoleThatPrinted(100)
  // The loop's report of the screen is the last thing in the log for seconds.
  await eventually(() => hub.state.signals?.screen?.at(-1) === '100')
  await joined(hub, 1000)
  const { screen } = hub.state

  await joined(hub, 5000)
  await joined(hub, 77)

  expect(hub.state.screen).toBe(screen)
  await joined(hub, 10)
  expect(hub.state.screen).not.toBe(screen)
})

it('continues a reader that was away while deep screens filled the log', async () => {
  const hub = await consoleThatPrinted(6000)
  const reader = await joined(hub, 0)
  for (let join = 0; join < 45; join++) await joined(hub, 4000 + join)
  expect(hub.state.window.end).toBeGreaterThan(1_500_000)

  const again = new Viewer(hub.stream({ cursor: reader.lastId, signal: AbortSignal.timeout(1000) }))
  await again.until((_, events) => events.some(({ event }) => event === 'started'))
  await again.done

  expect(again.events[0]).toMatchObject({ data: { resumed: true } })
  expect(again.events.filter(({ event }) => event === 'snapshot')).toEqual([])
})

async function consoleThatPrinted(count: number): Promise<ConsoleHub> {
  const machine = consoleMachine(lines(count))
  onTestFinished(() => machine.remove())
  const hub = machine.hub()
  await hub.open({ cols: 80, rows: 24, launch: true })
  const viewer = new Viewer(hub.stream({ signal: AbortSignal.timeout(20_000) }))
  await viewer.until((screen) => screen.endsWith(String(count)))
  return hub
}

async function joined(hub: ConsoleHub, history: number | undefined): Promise<Viewer> {
  const stop = new AbortController()
  const viewer = new Viewer(hub.stream({ history, signal: stop.signal }))
  await viewer.until((_, events) => events.some(({ event }) => event === 'snapshot'))
  stop.abort()
  await viewer.done
  return viewer
}
