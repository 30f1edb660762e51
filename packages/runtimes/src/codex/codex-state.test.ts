import type { AgentSignals } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { codexStateOf } from './codex-state.ts'

const startedAt = '2026-11-23T00:50:00.000Z'
const observedAt = '2026-11-23T00:50:20.000Z'
const now = new Date('2026-11-23T00:50:30Z')
const source = 'pane-title'

it.each([
  ['work', { state: 'idle', since: observedAt, source }],
  ['⠧ work', { state: 'busy', since: observedAt, source }],
  ['⠹ work', { state: 'busy', since: observedAt, source }],
  ['[ ! ] Action Required | work', { state: 'waiting', since: observedAt, source, detail: 'approval' }],
  ['[ . ] Action Required | work', { state: 'waiting', since: observedAt, source, detail: 'approval' }],
  ['vm', { state: 'unknown', since: observedAt, source, detail: 'the title is not the one the agent sets' }],
  [
    'vim work',
    { state: 'unknown', since: observedAt, source, detail: 'the title is not the one the agent sets' },
  ],
  [null, { state: 'unknown', since: observedAt, source, detail: 'the title is not set' }],
])('reads the title %j', (title, expected) => {
  expect(codexStateOf(signalsWith(title), now)).toEqual(expected)
})

it('is starting while it has not set its title yet', () => {
  expect(codexStateOf(signalsWith(null), new Date('2026-11-23T00:50:02Z')).state).toBe('starting')
})

it('has exited when its process has, whatever title stands', () => {
  const process = { state: 'exited', pid: 56, exitCode: 0, since: observedAt } as const

  const state = codexStateOf({ ...signalsWith('⠧ work'), process }, now)

  expect(state).toEqual({ state: 'exited', since: observedAt, source: 'process', detail: 'exit code 0' })
})

function signalsWith(title: string | null): AgentSignals {
  return {
    process: { state: 'running', pid: 56, exitCode: null, since: startedAt },
    file: null,
    title,
    observedAt,
  }
}
