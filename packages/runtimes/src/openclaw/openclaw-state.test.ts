import type { AgentSignals } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { openClawStateOf } from './openclaw-state.ts'

const startedAt = '2026-11-27T03:05:00.000Z'
const observedAt = '2026-11-27T03:06:01.000Z'
const since = '2026-11-27T03:06:00.000Z'
const at = Date.parse(since)
const now = new Date(observedAt)
const source = 'plugin-events'
const unknown = (detail: string) => ({ state: 'unknown', since: observedAt, source, detail })

it.each([
  [{ state: 'idle' }, { state: 'idle' }],
  [{ state: 'busy' }, { state: 'busy' }],
  [
    { state: 'waiting', asks: 'Which one?' },
    { state: 'waiting', detail: 'question: Which one?' },
  ],
  [
    { state: 'limited', message: 'Rate limit', nextAt: at + 5000 },
    { state: 'limited', detail: 'until 2026-11-27T03:06:05.000Z: Rate limit' },
  ],
])('reads what the plugin told: %o', (told, state) => {
  expect(openClawStateOf(signalsWith(told), now)).toEqual({ since, source, ...state })
})

const session = ' agent main | session main | gpt-test | deliver:off'
const frame = [session, '─'.repeat(80), '─'.repeat(80)]

it.each([
  [[' local ready | idle', ...frame], 'idle'],
  [[' local ready | aborted', session, '─'.repeat(80), 'typed', 'before', '─'.repeat(80)], 'idle'],
  [[' local ready | disconnected', ...frame], 'starting'],
  [[' local ready | idle', ...frame, 'The conversation goes on.'], 'starting'],
  [[' local ready | idle', ...frame, ' local ready | connecting', ...frame], 'starting'],
  [['local ready | idle', 'is what a person typed'], 'starting'],
  [[], 'starting'],
])('is ready after its start once its own status bar says so: %j', (screen, state) => {
  const signals = { ...signalsWith({ state: 'started' }), screen }

  expect(openClawStateOf(signals, now)).toEqual({ state, since, source })
})

it.each([
  [null, 'the state file is not there'],
  ['{"pid":5', 'the state file cannot be read'],
  [JSON.stringify({ pid: 57, since: at, state: 'busy' }), 'the state file is of another process'],
  [JSON.stringify({ pid: 56, since: at, state: 'odd' }), 'the state file names no known state'],
])('is unknown without a signal that can be trusted: %s', (content, why) => {
  expect(openClawStateOf(signalsOf(content), now)).toEqual(unknown(why))
})

it('has exited when its process has, whatever the file says', () => {
  const process = { state: 'exited', pid: 56, exitCode: 137, since: observedAt } as const

  const state = openClawStateOf({ ...signalsWith({ state: 'busy' }), process }, now)

  expect(state).toEqual({ state: 'exited', since: observedAt, source: 'process', detail: 'exit code 137' })
})

function signalsWith(told: object): AgentSignals {
  return signalsOf(JSON.stringify({ pid: 56, since: at, ...told }))
}

function signalsOf(content: string | null): AgentSignals {
  return {
    process: { state: 'running', pid: 56, exitCode: null, since: startedAt },
    file: content === null ? null : { path: 'x', content, changedAt: observedAt },
    title: null,
    screen: [],
    observedAt,
  }
}
