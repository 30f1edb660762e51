import type { AgentSignals } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { claudeCodeStateOf } from './claude-code-state.ts'

const startedAt = '2026-11-23T00:50:00.000Z'
const statusUpdatedAt = 1795395005626
const session = {
  pid: 60,
  sessionId: '81ecbdac-4d0a-4972-b4e1-c11daf0118ae',
  cwd: '/home/agent/work',
  startedAt: 1795394872541,
  version: '2.1.330',
  kind: 'interactive',
  entrypoint: 'cli',
  name: 'work-2b',
  updatedAt: statusUpdatedAt,
  statusUpdatedAt,
}

describe('what the session file says is what the agent does', () => {
  const since = '2026-11-23T00:50:05.626Z'
  const source = 'session-file'
  it.each([
    [{ status: 'idle' }, { state: 'idle', since, source }],
    [{ status: 'busy' }, { state: 'busy', since, source }],
    [
      { status: 'waiting', waitingFor: 'permission prompt' },
      { state: 'waiting', since, source, detail: 'permission prompt' },
    ],
    [
      { status: 'waiting', waitingFor: 'dialog open' },
      { state: 'waiting', since, source, detail: 'dialog open' },
    ],
    [{ status: 'waiting' }, { state: 'waiting', since, source }],
  ])('%o', (members, expected) => {
    const signals = signalsWith({ file: fileOf({ ...session, ...members }) })

    expect(claudeCodeStateOf(signals, new Date('2026-11-23T01:00:00Z'))).toEqual(expected)
  })
})

describe('a running agent without a usable signal is unknown, never guessed', () => {
  it.each([
    ['the session file is not there', null],
    ['the session file cannot be read', { path: 'p', content: '{"pid":60,"sta', changedAt: startedAt }],
    ['the session file cannot be read', { path: 'p', content: '[]x', changedAt: startedAt }],
    ['the session file is of another process', fileOf({ ...session, pid: 61, status: 'idle' })],
    ['the session file names no known state', fileOf({ ...session, status: 'compacting' })],
    ['the session file names no known state', fileOf(session)],
  ])('%s', (detail, file) => {
    const state = claudeCodeStateOf(signalsWith({ file }), new Date('2026-11-23T00:50:30Z'))

    expect(state).toEqual({
      state: 'unknown',
      since: '2026-11-23T00:50:20.000Z',
      source: 'session-file',
      detail,
    })
  })
})

it('is starting until its session file had the time to appear', () => {
  const signals = signalsWith({ file: null })

  expect(claudeCodeStateOf(signals, new Date('2026-11-23T00:50:09Z'))).toMatchObject({ state: 'starting' })
  expect(claudeCodeStateOf(signals, new Date('2026-11-23T00:50:11Z'))).toMatchObject({ state: 'unknown' })
})

it('has exited when its process has, whatever the file left behind says', () => {
  const process = { state: 'exited', pid: 60, exitCode: 137, since: startedAt } as const
  const signals = signalsWith({ process, file: fileOf({ ...session, status: 'busy' }) })

  const state = claudeCodeStateOf(signals, new Date(startedAt))

  expect(state).toEqual({ state: 'exited', since: startedAt, source: 'process', detail: 'exit code 137' })
})

it('is unknown before any launcher has run', () => {
  expect(claudeCodeStateOf(signalsWith({ process: null }), new Date(startedAt)).state).toBe('unknown')
})

function fileOf(content: object): AgentSignals['file'] {
  return { path: '.claude/sessions/60.json', content: JSON.stringify(content), changedAt: startedAt }
}

function signalsWith(members: Partial<AgentSignals>): AgentSignals {
  return {
    process: { state: 'running', pid: 60, exitCode: null, since: startedAt },
    file: null,
    title: '✳ Claude Code',
    observedAt: '2026-11-23T00:50:20.000Z',
    ...members,
  }
}
