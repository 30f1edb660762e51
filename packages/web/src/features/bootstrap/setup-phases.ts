import type { BootstrapPhase, Machine } from '@agent-machines/core'

/** The phases of a setup, and before them the one that is the substrate's: making the machine. */
export function setupPhases(machine: Machine, seen: readonly BootstrapPhase[]): readonly BootstrapPhase[] {
  const phases = seen.length > 0 ? seen : machine.bootstrap.phases
  return [creationOf(machine, phases), ...phases]
}

function creationOf(machine: Machine, phases: readonly BootstrapPhase[]): BootstrapPhase {
  const created = {
    id: 'create',
    label: 'Create the machine',
    group: 'core',
    attempt: 1,
    startedAt: machine.createdAt,
  } as const
  const firstStart = phases.find((phase) => phase.startedAt)?.startedAt
  if (firstStart) return { ...created, state: 'done', finishedAt: firstStart }
  if (machine.state === 'provisioning') return { ...created, state: 'running' }
  return { ...created, state: machine.state === 'failed' && phases.length === 0 ? 'failed' : 'done' }
}

/** From the request until the console could be opened; null while that is still to come. */
export function setupMsOf({ createdAt, bootstrap }: Machine): number | null {
  const core = bootstrap.phases.filter((phase) => phase.group === 'core')
  const ends = core.flatMap((phase) => (phase.finishedAt ? [Date.parse(phase.finishedAt)] : []))
  if (core.length === 0 || ends.length < core.length) return null
  return Math.max(...ends) - Date.parse(createdAt)
}

const fewestForUsual = 3

/** What a setup of this runtime on this substrate took at the median of the others; null from too few. */
export function usualSetupMs(machines: readonly Machine[], machine: Machine): number | null {
  const others = machines
    .filter((each) => each.id !== machine.id && each.bootstrap.state === 'done')
    .filter((each) => each.runtime === machine.runtime && each.substrate === machine.substrate)
    .flatMap((each) => setupMsOf(each) ?? [])
    .sort((left, right) => left - right)
  return others.length < fewestForUsual ? null : (others[Math.floor((others.length - 1) / 2)] ?? null)
}

const noticedMs = 3000

/** Slow is said before it is a failure. */
export function isSlow(elapsedMs: number, usualMs: number | null): boolean {
  return usualMs !== null && elapsedMs > 2 * usualMs && elapsedMs > usualMs + noticedMs
}
