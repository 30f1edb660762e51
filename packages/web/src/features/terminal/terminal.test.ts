import type { ConsoleState, ConsoleStats } from '@agent-machines/client'
import { describe, expect, it } from 'vitest'
import { pillOf } from './connection-facts.ts'
import { wordsOfRest } from './glass-rule.tsx'
import { sessionTabs } from './session-names.ts'
import { nextCtrlState, withCtrl } from './sticky-keys.ts'
import { commandOfKey } from './terminal-keys.ts'
import { readableKeys, withUndelivered } from './undelivered-keys.ts'

const still: ConsoleStats = { echoMs: 4.2, roundTripMs: 3, keysInFlight: 0 }
const busy: ConsoleStats = { echoMs: 148, roundTripMs: 90, keysInFlight: 3 }

describe('pillOf', () => {
  it.each<[ConsoleState, ConsoleStats, boolean, string]>([
    [{ state: 'connecting' }, still, false, 'Connecting'],
    [{ state: 'live', transport: 'ws' }, { ...still, echoMs: null }, false, 'Live'],
    [{ state: 'live', transport: 'ws' }, still, false, 'Live 4 ms'],
    [{ state: 'live', transport: 'ws' }, busy, false, 'Live 148 ms'],
    [{ state: 'live', transport: 'ws' }, busy, true, 'Live 148 ms, 3 keys in flight'],
    [{ state: 'reconnecting', inMs: 1600, attempt: 2, keptKeys: 0 }, still, false, 'Reconnecting, 2 s'],
    [{ state: 'reconnecting', inMs: 0, attempt: 2, keptKeys: 3 }, busy, true, 'Reconnecting. 3 keys kept'],
    [{ state: 'offline', keptKeys: 1 }, { ...busy, keysInFlight: 1 }, true, 'Offline. 1 key kept'],
    [{ state: 'ended', reason: 'asleep' }, still, false, 'Asleep'],
  ])('says %j as it is', (state, stats, slow, text) => {
    expect(pillOf(state, stats, slow).text).toBe(text)
  })
})

describe('commandOfKey', () => {
  const key = { code: 'KeyF', metaKey: false, ctrlKey: false, shiftKey: false, altKey: false }

  it('leaves plain Ctrl to the program', () => {
    expect(commandOfKey({ ...key, ctrlKey: true }, false)).toBeNull()
    expect(commandOfKey({ ...key, code: 'KeyC', ctrlKey: true }, true)).toBeNull()
  })

  it('takes Ctrl+Shift, and ⌘ on a Mac', () => {
    expect(commandOfKey({ ...key, ctrlKey: true, shiftKey: true }, false)).toBe('search')
    expect(commandOfKey({ ...key, metaKey: true }, true)).toBe('search')
    expect(commandOfKey({ ...key, code: 'KeyX', metaKey: true }, true)).toBeNull()
  })
})

describe('the Ctrl key of the key bar', () => {
  it('holds once, then locks, then lets go', () => {
    expect(nextCtrlState('off')).toBe('once')
    expect(nextCtrlState('once')).toBe('locked')
    expect(nextCtrlState('locked')).toBe('off')
  })

  it.each([
    ['c', '\x03'],
    ['C', '\x03'],
    ['[', '\x1b'],
    [' ', '\x00'],
    ['\x1b[A', '\x1b[1;5A'],
    ['\x1bOD', '\x1b[1;5D'],
    ['\x1b[Z', '\x1b[Z'],
    ['é', 'é'],
  ])('turns %j into %j', (data, typed) => {
    expect(withCtrl(data)).toBe(typed)
  })
})

describe('what was typed and did not arrive', () => {
  const keys = (text: string) => new TextEncoder().encode(text)

  it.each([
    ['ls -l\r', 'ls -l↵'],
    ['\x03\x1b\x7f\t', '^C⎋⌫⇥'],
    ['\x1b[A\x1bOB\x1b[Z', '↑↓⇧⇥'],
    ['é', 'é'],
  ])('%j is read as %s', (data, text) => {
    expect(readableKeys(keys(data))).toBe(text)
  })

  it('stays in one piece for each reason', () => {
    const first = withUndelivered([], { bytes: keys('a'), reason: 'restarted' })
    const second = withUndelivered(first, { bytes: keys('b'), reason: 'restarted' })
    const third = withUndelivered(second, { bytes: keys('c'), reason: 'exited' })

    expect(third).toEqual([
      { bytes: keys('ab'), reason: 'restarted' },
      { bytes: keys('c'), reason: 'exited' },
    ])
  })
})

describe('wordsOfRest', () => {
  const times = { from: '2026-01-01T14:02:00', to: '2026-01-01T15:31:00' }

  it.each([
    ['sleep', 'kept', 'kept', 'slept 14:02 to 15:31, everything went on'],
    ['sleep', 'lost', 'resumed', 'slept 14:02 to 15:31, the conversation was resumed'],
    ['sleep', 'lost', 'new', 'slept 14:02 to 15:31, the files are here'],
    [
      'loss',
      'lost',
      'resumed',
      'its processes ended after 14:02, started again 15:31, the conversation was resumed',
    ],
  ] as const)('%s, processes %s, conversation %s', (cause, processes, conversation, words) => {
    expect(wordsOfRest({ ...times, cause, processes, conversation })).toBe(words)
  })
})

describe('sessionTabs', () => {
  const labels = (current: string, opened: readonly string[], hasAgent: boolean) =>
    sessionTabs(current, opened, hasAgent).tabs.map((tab) => tab.label)

  it('always shows the agent and the shell, what was opened, and the current one', () => {
    expect(sessionTabs('agent', [], true)).toEqual({
      tabs: [
        { name: 'agent', label: 'agent' },
        { name: 'shell', label: 'shell' },
      ],
      next: 'shell-2',
    })
    expect(labels('agent', ['shell-3'], true)).toEqual(['agent', 'shell', 'shell-3'])
    expect(labels('build', ['shell-10', 'shell-2'], true)).toEqual([
      'agent',
      'shell',
      'shell-2',
      'shell-10',
      'build',
    ])
  })

  it('calls every console a shell where no agent runs', () => {
    expect(sessionTabs('agent', [], false)).toEqual({
      tabs: [{ name: 'agent', label: 'shell' }],
      next: 'shell',
    })
    expect(labels('shell', [], false)).toEqual(['shell', 'shell-2'])
    expect(sessionTabs('shell', ['shell-2'], false).next).toBe('shell-3')
  })
})
