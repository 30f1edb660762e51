import type { Machine } from '@agent-machines/core'
import { displayStateOf, exitCodeOf } from './display-state.ts'

export const groupIds = ['needs-you', 'under-way', 'idle', 'asleep'] as const
export type GroupId = (typeof groupIds)[number]

export const groupLabels: Readonly<Record<GroupId, string>> = {
  'needs-you': 'Needs you',
  'under-way': 'Under way',
  idle: 'Idle',
  asleep: 'Asleep',
}

export interface MachineGroup {
  readonly id: GroupId
  readonly machines: readonly Machine[]
}

const unknownNeedsYouAfterMs = 5 * 60_000

/** Groups in their fixed order, empty ones left out; the longest wait first, elsewhere the latest change. */
export function groupMachines(machines: readonly Machine[], nowMs: number): MachineGroup[] {
  return groupIds
    .map((id) => ({
      id,
      machines: machines
        .filter((machine) => groupOf(machine, nowMs) === id)
        .sort(id === 'needs-you' ? byLongestWait : byLatestChange),
    }))
    .filter((group) => group.machines.length > 0)
}

export function groupOf(machine: Machine, nowMs: number): GroupId {
  switch (machine.state) {
    case 'failed':
      return 'needs-you'
    case 'asleep':
    case 'destroyed':
      return 'asleep'
    case 'unknown':
      return needsYouByNow(machine.updatedAt, nowMs)
    case 'ready':
      return groupOfReady(machine, nowMs)
    default:
      return 'under-way'
  }
}

/** Machines whose agent waits for a person, the longest wait first. */
export function waitingMachines(machines: readonly Machine[]): Machine[] {
  return machines.filter(isWaiting).sort(byLongestWait)
}

/** Where the next-waiting key goes from `current`: the one after it, else the longest wait. */
export function nextWaiting(waiting: readonly Machine[], current: string | null): Machine | null {
  const others = waiting.filter((machine) => machine.id !== current)
  const index = waiting.findIndex((machine) => machine.id === current)
  return (index < 0 ? null : waiting[index + 1]) ?? others[0] ?? null
}

export function isWaiting(machine: Machine): boolean {
  return machine.state === 'ready' && machine.agent?.state === 'waiting'
}

/** Machines in which every word of `filter` occurs, in any order. */
export function filterMachines(machines: readonly Machine[], filter: string): Machine[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return machines.filter((machine) => {
    const text = [
      machine.name,
      machine.id,
      machine.runtime,
      machine.substrate,
      machine.upstream ?? '',
      machine.model ?? '',
      machine.lastLine ?? '',
      machine.agent?.detail ?? '',
      displayStateOf(machine).word,
      ...Object.entries(machine.labels).flat(),
    ]
      .join(' ')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function groupOfReady(machine: Machine, nowMs: number): GroupId {
  switch (machine.agent?.state) {
    case 'waiting':
      return 'needs-you'
    case 'exited':
      return exitCodeOf(machine.agent) ? 'needs-you' : 'idle'
    case 'unknown':
      return needsYouByNow(machine.agent.since, nowMs)
    case 'busy':
    case 'starting':
    case 'limited':
      return 'under-way'
    default:
      return 'idle'
  }
}

function needsYouByNow(since: string, nowMs: number): GroupId {
  return nowMs - Date.parse(since) > unknownNeedsYouAfterMs ? 'needs-you' : 'under-way'
}

function byLongestWait(left: Machine, right: Machine): number {
  return rankOf(left) - rankOf(right) || sinceOf(left).localeCompare(sinceOf(right))
}

function byLatestChange(left: Machine, right: Machine): number {
  return sinceOf(right).localeCompare(sinceOf(left)) || left.name.localeCompare(right.name)
}

function rankOf(machine: Machine): number {
  return isWaiting(machine) ? 0 : 1
}

function sinceOf(machine: Machine): string {
  return machine.state === 'ready' ? (machine.agent?.since ?? machine.updatedAt) : machine.updatedAt
}
