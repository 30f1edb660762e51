import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BootstrapFold, type ToldBootstrapEvent } from './bootstrap-fold.ts'

const phases = [
  { id: 'system', label: 'System', group: 'core' },
  { id: 'runtime', label: 'Runtime', group: 'core' },
] as const
const at = (second: number) => `2026-11-23T00:00:0${second}.000Z`

const state = [
  { event: 'run', at: at(0) },
  { event: 'phase', id: 'system', state: 'running', attempt: 1, run: 5, at: at(0) },
  { event: 'phase', id: 'system', state: 'done', attempt: 1, run: 5, at: at(1) },
  { event: 'phase', id: 'runtime', state: 'running', attempt: 1, run: 5, at: at(1) },
  { event: 'phase', id: 'runtime', state: 'running', attempt: 2, run: 5, at: at(3) },
  {
    event: 'phase',
    id: 'runtime',
    state: 'failed',
    attempt: 2,
    run: 5,
    at: at(4),
    exitCode: 1,
    expired: false,
  },
  { event: 'end', state: 'failed' },
]
const log =
  '\n\u001esystem 1 5 begin\ntmux is there\n\n\u001esystem 1 5 end\n' +
  '\n\u001eruntime 1 5 begin\nfirst try\n\n\u001eruntime 1 5 end\n' +
  '\n\u001eruntime 2 5 begin\nüber k=SECRET: Could not resolve host\n\u001eruntime 2 5 end\n'

it('shows a failed phase with its last lines, its category and whether another try can help', () => {
  const { fold } = read(bytesOf(lines(state)), bytesOf(log))

  expect(fold.bootstrap.state).toBe('failed')
  expect(fold.bootstrap.phases[0]).toEqual({
    id: 'system',
    label: 'System',
    group: 'core',
    state: 'done',
    attempt: 1,
    startedAt: at(0),
    finishedAt: at(1),
  })
  expect(fold.bootstrap.phases[1]).toMatchObject({
    state: 'failed',
    attempt: 2,
    startedAt: at(1),
    error: { category: 'network', transient: true, log: ['über k=***: Could not resolve host'] },
  })
})

it('gives the same events whatever the pieces the bytes come in', () => {
  const whole = read(bytesOf(lines(state)), bytesOf(log))

  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }),
      fc.boolean(),
      (sizes, stateFirst) => {
        const pieces = read(bytesOf(lines(state)), bytesOf(log), sizes, stateFirst)

        expect(pieces.fold.bootstrap).toEqual(whole.fold.bootstrap)
        expect(textOf(pieces.events)).toEqual(textOf(whole.events))
        expect(statesOf(pieces.events)).toEqual(statesOf(whole.events))
      },
    ),
  )
})

describe('after a retry', () => {
  const retry = [
    { event: 'run', at: at(5) },
    { event: 'phase', id: 'system', state: 'kept' },
    { event: 'phase', id: 'runtime', state: 'running', attempt: 1, run: 9, at: at(6) },
  ]

  it('keeps what is done, and starts the failed phase anew', () => {
    const { fold } = read(bytesOf(lines(state)), bytesOf(log))

    const events = fold.readState(bytesOf(lines(retry)))

    expect(fold.bootstrap.state).toBe('running')
    expect(fold.bootstrap.phases.map((phase) => phase.state)).toEqual(['done', 'running'])
    expect(fold.bootstrap.phases[0]).toMatchObject({ startedAt: at(0), finishedAt: at(1) })
    expect(fold.bootstrap.phases[1]).toMatchObject({ attempt: 1, startedAt: at(6) })
    expect(fold.bootstrap.phases[1]?.error).toBeUndefined()
    expect(events.map((event) => event.event)).toEqual(['phase', 'phase'])
  })
})

it('tells the end of the last run only, once nothing more comes', () => {
  const retry = [
    { event: 'run', at: at(5) },
    { event: 'phase', id: 'system', state: 'kept' },
    { event: 'phase', id: 'runtime', state: 'running', attempt: 1, run: 9, at: at(6) },
    { event: 'phase', id: 'runtime', state: 'done', attempt: 1, run: 9, at: at(7) },
    { event: 'end', state: 'done' },
  ]
  const fold = new BootstrapFold(phases)

  const live = [
    ...fold.readLog(bytesOf(log)),
    ...fold.readState(bytesOf(lines(state))),
    ...fold.readState(bytesOf(lines(retry))),
  ]
  const last = fold.finish()

  expect(live.filter(({ event }) => event === 'done')).toEqual([])
  expect(last.at(-1)).toMatchObject({ event: 'done', data: { state: 'done' } })
})

it('passes over a line that a full disk tore apart', () => {
  const torn = `${lines(state.slice(0, 2))}{"event":"phase","id":"sys\n${lines(state.slice(2, 3))}`

  const { fold } = read(bytesOf(torn), bytesOf(log))

  expect(fold.bootstrap.phases[0]?.state).toBe('done')
})

it('says running when the stream ended without an end: the runner was killed', () => {
  const { fold } = read(bytesOf(lines(state.slice(0, 4))), bytesOf(''))

  expect(fold.bootstrap.state).toBe('running')
})

it('counts a state as told once it is, not when it is read', () => {
  const fold = new BootstrapFold(phases)
  const ofState = bytesOf(lines(state))
  const held = bytesOf(lines(state.slice(0, 2))).length

  fold.readState(ofState)
  const events = fold.readLog(bytesOf(log.slice(0, log.indexOf('tmux'))))
  const before = fold.offsets
  fold.readLog(bytesOf(log.slice(log.indexOf('tmux'))))
  fold.finish()

  expect(events).toEqual([])
  expect(before).toEqual({ state: held, log: log.indexOf('tmux') })
  expect(fold.offsets.state).toBe(ofState.length)
})

it('counts the bytes it has read, so that another follower can go on there', () => {
  const { fold } = read(bytesOf(lines(state)), bytesOf(log))

  expect(fold.offsets).toEqual({ state: bytesOf(lines(state)).length, log: bytesOf(log).length })
})

function read(
  stateBytes: Uint8Array,
  logBytes: Uint8Array,
  sizes: readonly number[] = [],
  stateFirst = true,
) {
  const fold = new BootstrapFold(phases, { redact: (text) => text.replaceAll('SECRET', '***') })
  const events: ToldBootstrapEvent[] = []
  const rest = { state: stateBytes, log: logBytes }
  const take = (which: 'state' | 'log', size: number) => {
    const piece = rest[which].subarray(0, size)
    rest[which] = rest[which].subarray(size)
    events.push(...(which === 'state' ? fold.readState(piece) : fold.readLog(piece)))
  }
  for (const [index, size] of sizes.entries()) take((index % 2 === 0) === stateFirst ? 'state' : 'log', size)
  take(stateFirst ? 'state' : 'log', Number.POSITIVE_INFINITY)
  take(stateFirst ? 'log' : 'state', Number.POSITIVE_INFINITY)
  events.push(...fold.finish())
  return { fold, events }
}

function statesOf(events: readonly ToldBootstrapEvent[]) {
  return events.flatMap(({ offsets, ...event }) =>
    event.event === 'log' ? [] : [{ ...event, state: offsets.state }],
  )
}

function textOf(events: readonly ToldBootstrapEvent[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const each of events) {
    if (each.event === 'log') texts[each.data.phase] = (texts[each.data.phase] ?? '') + each.data.text
  }
  return texts
}

function lines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
