import type { AgentState, MachineState } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { aMachine } from '../../testing/a-machine.ts'
import { actionsFor, type MachineActions } from './actions-for.ts'
import { displayStateOf } from './display-state.ts'
import { formatAge, formatSpan } from './format-age.ts'
import { filterMachines, groupMachines, groupOf, nextWaiting, waitingMachines } from './group-machines.ts'
import { needOf } from './machine-sentences.ts'

const nowMs = Date.parse('2026-01-01T12:00:00.000Z')

describe('formatAge', () => {
  it.each([
    ['2026-01-01T11:59:12.000Z', '48 s'],
    ['2026-01-01T11:48:00.000Z', '12 min'],
    ['2026-01-01T09:00:00.000Z', '3 h'],
    ['2025-12-29T12:00:00.000Z', '3 d'],
    ['2025-11-03T12:00:00.000Z', '3 Nov 2025'],
    ['2026-01-01T12:00:05.000Z', '0 s'],
    ['never', ''],
  ])('says %s as %s', (since, text) => {
    expect(formatAge(since, nowMs)).toBe(text)
  })

  it('gives spans one decimal under a minute', () => {
    expect(formatSpan(36)).toBe('36 ms')
    expect(formatSpan(100)).toBe('0.1 s')
    expect(formatSpan(124_000)).toBe('2 min 4 s')
  })
})

describe('displayStateOf', () => {
  it.each<[AgentState['state'], string, string, string]>([
    ['waiting', 'waiting', 'Waiting', 'needs-you'],
    ['busy', 'busy', 'Working', 'under-way'],
    ['starting', 'starting', 'Starting', 'under-way'],
    ['idle', 'idle', 'Idle', 'idle'],
    ['limited', 'limited', 'Limited', 'under-way'],
    ['exited', 'exited', 'Exited', 'idle'],
    ['unknown', 'unknown', 'Unknown', 'needs-you'],
  ])('shows the agent state %s of a ready machine', (state, glyph, word, group) => {
    const machine = aMachine({ agent: { state, since: '2026-01-01T11:00:00.000Z', source: 'session-file' } })

    expect(displayStateOf(machine)).toMatchObject({ glyph, word })
    expect(groupOf(machine, nowMs)).toBe(group)
  })

  it.each<[MachineState, string, string]>([
    ['provisioning', 'Creating', 'under-way'],
    ['bootstrapping', 'Setting up', 'under-way'],
    ['asleep', 'Asleep', 'asleep'],
    ['waking', 'Waking', 'under-way'],
    ['destroying', 'Destroying', 'under-way'],
    ['destroyed', 'Destroyed', 'asleep'],
    ['failed', 'Failed', 'needs-you'],
    ['unknown', 'Unknown', 'needs-you'],
  ])('shows the machine state %s whatever the agent did last', (state, word, group) => {
    const machine = aMachine({ state })

    expect(displayStateOf(machine).word).toBe(word)
    expect(groupOf(machine, nowMs)).toBe(group)
  })

  it('says Ready only where no agent runs', () => {
    expect(displayStateOf(aMachine({ agent: null })).word).toBe('Ready')
  })

  it('shows an exit code and calls for a person when it is not 0', () => {
    const agent = {
      state: 'exited',
      since: '2026-01-01T11:00:00.000Z',
      source: 'process',
      detail: '137',
    } as const

    expect(displayStateOf(aMachine({ agent }))).toMatchObject({ glyph: 'broken', extra: 'code 137' })
    expect(groupOf(aMachine({ agent }), nowMs)).toBe('needs-you')
  })

  it('counts the phases that are needed to start', () => {
    const phase = (id: string, state: 'done' | 'running' | 'pending', group: 'core' | 'extra') => ({
      id,
      label: id,
      group,
      state,
      attempt: 1,
    })
    const phases = [phase('a', 'done', 'core'), phase('b', 'running', 'core'), phase('c', 'pending', 'extra')]

    const machine = aMachine({ state: 'bootstrapping', bootstrap: { state: 'running', phases } })

    expect(displayStateOf(machine).extra).toBe('2 of 2')
  })
})

describe('groupMachines', () => {
  it('puts the longest wait first and leaves empty groups out', () => {
    const waits = (id: string, since: string) =>
      aMachine({ id, agent: { state: 'waiting', since, source: 'session-file' } })
    const machines = [
      aMachine({ id: 'idle' }),
      waits('short', '2026-01-01T11:58:00.000Z'),
      aMachine({ id: 'failed', state: 'failed', updatedAt: '2026-01-01T08:00:00.000Z' }),
      waits('long', '2026-01-01T11:48:00.000Z'),
    ]

    const groups = groupMachines(machines, nowMs)

    expect(groups.map((group) => [group.id, group.machines.map((each) => each.id)])).toEqual([
      ['needs-you', ['long', 'short', 'failed']],
      ['idle', ['idle']],
    ])
    expect(waitingMachines(machines).map((each) => each.id)).toEqual(['long', 'short'])
  })

  it('goes from wait to wait and round again', () => {
    const waiting = ['a', 'b', 'c'].map((id) => aMachine({ id }))
    const next = (current: string | null) => nextWaiting(waiting, current)?.id
    expect([next(null), next('a'), next('c'), next('elsewhere')]).toEqual(['a', 'b', 'a', 'a'])
    expect(nextWaiting(waiting.slice(0, 1), 'a')).toBeNull()
  })

  it('finds words in any order', () => {
    const machines = [aMachine({ name: 'release-notes' }), aMachine({ name: 'scratch', runtime: 'shell' })]

    expect(filterMachines(machines, 'claude release').map((each) => each.name)).toEqual(['release-notes'])
    expect(filterMachines(machines, '')).toHaveLength(2)
  })
})

describe('needOf', () => {
  it.each([
    ['permission prompt: npm publish', 'npm publish', 'Permission prompt'],
    ['Which one? The first: or the second', 'Which one? The first: or the second', 'Your turn'],
    [undefined, 'It asked something', 'Your turn'],
  ])('reads %s', (detail, ask, kind) => {
    const agent = { state: 'waiting', since: '2026-01-01T11:00:00.000Z', source: 'session-file' } as const
    expect(needOf(aMachine({ agent: { ...agent, ...(detail ? { detail } : {}) } }))).toEqual({ ask, kind })
  })
})

describe('actionsFor', () => {
  const allowed = (actions: MachineActions) =>
    Object.entries(actions)
      .filter(([, isAllowed]) => isAllowed)
      .map(([name]) => name)

  it.each<[MachineState, string[]]>([
    ['provisioning', ['openTerminal', 'rename', 'destroy']],
    [
      'ready',
      [
        'openTerminal',
        'sleep',
        'rename',
        'changeModel',
        'reload',
        'gateway',
        'stopAgent',
        'restartAgent',
        'exec',
        'destroy',
      ],
    ],
    ['asleep', ['openTerminal', 'wake', 'rename', 'destroy']],
    ['waking', ['openTerminal', 'rename', 'destroy']],
    ['unknown', ['openTerminal', 'wake', 'rename', 'destroy']],
    ['failed', ['openTerminal', 'rename', 'destroy']],
    ['destroying', ['destroy']],
    ['destroyed', []],
  ])('allows a machine that is %s exactly what can work', (state, names) => {
    expect(allowed(actionsFor(aMachine({ state })))).toEqual(names)
  })

  it('offers no sleep where the substrate has none', () => {
    const machine = aMachine()
    const awake = { ...machine, capabilities: { ...machine.capabilities, sleep: false } }

    expect(actionsFor(awake).sleep).toBe(false)
  })

  it('offers to retry a failed bootstrap, but not on a machine that is gone from its substrate', () => {
    const bootstrap = { state: 'failed', phases: [] } as const

    expect(
      actionsFor(aMachine({ state: 'failed', bootstrap: { ...bootstrap, phases: [] } })).retryBootstrap,
    ).toBe(true)
    expect(
      actionsFor(
        aMachine({
          state: 'failed',
          stateReason: 'SUBSTRATE_NOT_FOUND',
          bootstrap: { ...bootstrap, phases: [] },
        }),
      ).retryBootstrap,
    ).toBe(false)
  })

  it('offers to start an agent that ended', () => {
    const agent = { state: 'exited', since: '2026-01-01T11:00:00.000Z', source: 'process' } as const

    expect(allowed(actionsFor(aMachine({ agent })))).toContain('startAgent')
  })
})
