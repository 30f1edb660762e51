import type { AgentSignals } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { openCodeStateOf } from './opencode-state.ts'

const startedAt = '2026-11-27T03:05:00.000Z'
const at = Date.parse('2026-11-27T03:05:20.250Z')
const observedAt = '2026-11-27T03:05:21.000Z'
const now = new Date('2026-11-27T03:05:30Z')
const source = 'plugin-events'
const since = '2026-11-27T03:05:20.250Z'
const unknown = (detail: string) => ({ state: 'unknown', since: observedAt, source, detail })

it.each([
  [{ state: 'starting' }, { state: 'starting', since, source }],
  [{ state: 'idle' }, { state: 'idle', since, source }],
  [{ state: 'busy' }, { state: 'busy', since, source }],
  [
    { state: 'waiting', waitingFor: 'permission', asks: 'rm -rf made' },
    { state: 'waiting', since, source, detail: 'permission: rm -rf made' },
  ],
  [
    { state: 'waiting', waitingFor: 'question' },
    { state: 'waiting', since, source, detail: 'question' },
  ],
  [
    { state: 'retrying', message: 'Rate limited', nextAt: at + 10_000 },
    { state: 'limited', since, source, detail: 'until 2026-11-27T03:05:30.250Z: Rate limited' },
  ],
  [
    { state: 'retrying', message: 'Cannot connect to API', nextAt: at + 10_000 },
    { state: 'busy', since, source, detail: 'trying again: Cannot connect to API' },
  ],
  [{ state: 'dreaming' }, unknown('the state file names no known state')],
  [{ state: 'busy', pid: 57 }, unknown('the state file is of another process')],
  [{ state: 'busy', since: null }, unknown('the state file cannot be read')],
])('reads %j', (told, expected) => {
  const content = JSON.stringify({ pid: 56, since: at, ...told })

  expect(openCodeStateOf(signalsWith(content), now)).toEqual(expected)
})

it('does not know what it does without the file, or in the middle of one', () => {
  expect(openCodeStateOf(signalsWith(null), now)).toEqual(unknown('the state file is not there'))
  expect(openCodeStateOf(signalsWith('{"pid":5'), now)).toEqual(unknown('the state file cannot be read'))
})

it('is starting while it has not written its file yet', () => {
  expect(openCodeStateOf(signalsWith(null), new Date('2026-11-27T03:05:02Z')).state).toBe('starting')
})

it('has exited when its process has, whatever the file says', () => {
  const process = { state: 'exited', pid: 56, exitCode: 137, since: observedAt } as const

  const state = openCodeStateOf({ ...signalsWith('{"state":"busy"}'), process }, now)

  expect(state).toEqual({ state: 'exited', since: observedAt, source: 'process', detail: 'exit code 137' })
})

function signalsWith(content: string | null): AgentSignals {
  return {
    process: { state: 'running', pid: 56, exitCode: null, since: startedAt },
    file: content === null ? null : { path: 'x', content, changedAt: observedAt },
    title: null,
    observedAt,
  }
}
