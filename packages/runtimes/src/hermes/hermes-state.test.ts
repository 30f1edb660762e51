import type { AgentSignals } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { hermesStateOf } from './hermes-state.ts'

const startedAt = '2026-11-27T03:00:00.000Z'
const changedAt = '2026-11-27T03:00:10.000Z'
const observedAt = '2026-11-27T03:00:20.000Z'
const now = new Date('2026-11-27T03:00:30Z')
const source = 'state-file'
const unknown = { state: 'unknown', since: observedAt, source }

it.each([
  [
    { pid: 56, state: 'starting', detail: '', since: Date.parse(changedAt) },
    { state: 'starting', since: changedAt, source },
  ],
  [
    { pid: 56, state: 'idle', detail: '', since: Date.parse(changedAt) },
    { state: 'idle', since: changedAt, source },
  ],
  [
    { pid: 56, state: 'busy', detail: '' },
    { state: 'busy', since: changedAt, source },
  ],
  [
    { pid: 56, state: 'waiting', detail: 'approval: rm -rf made' },
    { state: 'waiting', since: changedAt, source, detail: 'approval: rm -rf made' },
  ],
  [
    { pid: 55, state: 'busy' },
    { ...unknown, detail: 'the state file is of another process' },
  ],
  [
    { pid: 56, state: 'new' },
    { ...unknown, detail: 'the state file names no known state' },
  ],
])('reads %j', (record, expected) => {
  expect(hermesStateOf(signalsWith(JSON.stringify(record)), now)).toEqual(expected)
})

it('does not guess from a file that is gone or cut off', () => {
  expect(hermesStateOf(signalsWith(null), now)).toEqual({ ...unknown, detail: 'the state file is not there' })
  expect(hermesStateOf(signalsWith('{"pid":5'), now)).toEqual({
    ...unknown,
    detail: 'the state file cannot be read',
  })
})

it('is starting until its file is there', () => {
  expect(hermesStateOf(signalsWith(null), new Date('2026-11-27T03:00:02Z')).state).toBe('starting')
})

it('has exited when its process has, whatever the file says', () => {
  const process = { state: 'exited', pid: 56, exitCode: 1, since: observedAt } as const
  const signals = signalsWith(JSON.stringify({ pid: 56, state: 'busy' }))

  const state = hermesStateOf({ ...signals, process }, now)

  expect(state).toEqual({ state: 'exited', since: observedAt, source: 'process', detail: 'exit code 1' })
})

function signalsWith(content: string | null): AgentSignals {
  return {
    process: { state: 'running', pid: 56, exitCode: null, since: startedAt },
    file: content === null ? null : { path: 'agent.json', content, changedAt },
    title: null,
    observedAt,
  }
}
