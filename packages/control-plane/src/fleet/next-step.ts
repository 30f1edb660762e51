import { AgentMachinesError, isAgentMachinesError, type ProviderState } from '@agent-machines/core'
import type { MachinePatch, MachineRow } from '../store/machine-store.ts'

export type Step = 'provision' | 'bootstrap' | 'wake' | 'sleep' | 'destroy'

/** What brings a machine closer to its target; null when it is there or waits for a person. */
export function nextStep(row: Pick<MachineRow, 'state' | 'target'>): Step | null {
  if (row.target === 'destroyed') return row.state === 'destroyed' ? null : 'destroy'
  switch (row.state) {
    case 'provisioning':
      return 'provision'
    case 'bootstrapping':
      return 'bootstrap'
    case 'waking':
      return 'wake'
    case 'ready':
      return row.target === 'asleep' ? 'sleep' : null
    case 'asleep':
      return row.target === 'ready' ? 'wake' : null
    case 'unknown':
    case 'failed':
    case 'destroyed':
    case 'destroying':
      return null
    default:
      return row.state satisfies never
  }
}

/** What an observation of the substrate changes; null when the row already says it. */
export function decideObserved(
  row: Pick<MachineRow, 'state' | 'target' | 'stateReason'>,
  observed: ProviderState,
): MachinePatch | null {
  switch (observed.state) {
    case 'running':
      if (row.state === 'ready' && row.stateReason === null) return null
      return { state: 'ready', stateReason: null, stateDetail: null }
    case 'starting':
      return null
    case 'asleep':
      if (row.state === 'asleep' && row.stateReason === null) return null
      return { state: 'asleep', target: 'asleep', stateReason: null, stateDetail: null, agent: null }
    case 'lost':
      if (row.state === 'asleep' && row.stateReason === 'processes-lost') return null
      return lost('Its processes ended outside Agent Machines; the files are here. Wake it to start again.')
    case 'gone':
      return {
        state: 'failed',
        stateReason: 'SUBSTRATE_NOT_FOUND',
        stateDetail: 'It was deleted outside Agent Machines; only destroying it is left.',
        agent: null,
      }
    case 'unknown':
      if (row.state === 'unknown') return null
      return {
        state: 'unknown',
        stateReason: 'SUBSTRATE_TRANSIENT',
        stateDetail: observed.reason ?? null,
        agent: null,
      }
    default:
      return observed.state satisfies never
  }
}

function lost(stateDetail: string): MachinePatch {
  return { state: 'asleep', target: 'asleep', stateReason: 'processes-lost', stateDetail, agent: null }
}

/** How a step that threw leaves the machine; null when it shall be tried again. */
export function decideFailure(step: Step, error: unknown, attempt: number): MachinePatch | null {
  const known = isAgentMachinesError(error) ? error : new AgentMachinesError('INTERNAL')
  if (step === 'destroy') return null
  if (step === 'bootstrap' && known.code === 'MACHINE_ASLEEP')
    return lost('Its processes ended while it was set up; the files are here. Wake it to go on.')
  if (known.entry.retry === 'later' && attempt < 3) return null
  if (step === 'wake' || step === 'sleep') {
    const gone = known.code === 'SUBSTRATE_NOT_FOUND'
    return {
      state: gone ? 'failed' : 'unknown',
      target: 'ready',
      stateReason: known.code,
      stateDetail: known.message,
    }
  }
  return { state: 'failed', stateReason: known.code, stateDetail: known.message }
}
