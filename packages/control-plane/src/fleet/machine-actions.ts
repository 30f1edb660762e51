import { AgentMachinesError, type Capabilities, type MachineState } from '@agent-machines/core'
import type { RuntimeRecipe } from '@agent-machines/runtimes'
import type { MachineTarget } from '../store/schema.ts'

export type Decision = 'do' | 'already'

/** What waking means in `state`; asking twice is harmless, and what was asked for last counts. */
export function decideWake(id: string, state: MachineState, target: MachineTarget): Decision {
  switch (state) {
    case 'asleep':
    case 'unknown':
      return 'do'
    case 'ready':
    case 'waking':
      return target === 'asleep' ? 'do' : 'already'
    case 'provisioning':
    case 'bootstrapping':
    case 'failed':
      throw notReady(id, state)
    case 'destroying':
    case 'destroyed':
      throw destroyed(id)
    default:
      return state satisfies never
  }
}

export function decideSleep(
  id: string,
  state: MachineState,
  capabilities: Pick<Capabilities, 'sleep'>,
): Decision {
  if (state === 'destroying' || state === 'destroyed') throw destroyed(id)
  if (!capabilities.sleep) {
    throw new AgentMachinesError('CAPABILITY_UNSUPPORTED', `Machine ${id} cannot sleep.`, {
      details: { capability: 'sleep' },
    })
  }
  if (state === 'asleep') return 'already'
  if (state === 'ready' || state === 'unknown' || state === 'waking') return 'do'
  throw notReady(id, state)
}

/** A bootstrap can be asked for while one runs (nothing new happens), after one, and after it failed. */
export function decideBootstrap(id: string, state: MachineState): Decision {
  switch (state) {
    case 'failed':
    case 'ready':
      return 'do'
    case 'provisioning':
    case 'bootstrapping':
      return 'already'
    case 'asleep':
      throw asleep(id)
    case 'waking':
    case 'unknown':
      throw notReady(id, state)
    case 'destroying':
    case 'destroyed':
      throw destroyed(id)
    default:
      return state satisfies never
  }
}

/** Refuses what needs a running machine: exec, console, agent. */
export function assertAwake(id: string, state: MachineState): void {
  switch (state) {
    case 'ready':
    case 'unknown':
      return
    case 'asleep':
      throw asleep(id)
    case 'provisioning':
    case 'bootstrapping':
    case 'waking':
    case 'failed':
      throw notReady(id, state)
    case 'destroying':
    case 'destroyed':
      throw destroyed(id)
    default:
      state satisfies never
  }
}

/** Refuses a chat gateway for a runtime that has none. */
export function assertHasGateway({ manifest, gateway }: Pick<RuntimeRecipe, 'manifest' | 'gateway'>): void {
  if (gateway) return
  throw new AgentMachinesError('CAPABILITY_UNSUPPORTED', `${manifest.label} has no chat gateway.`, {
    details: { capability: 'gateway' },
  })
}

function asleep(id: string): AgentMachinesError {
  return new AgentMachinesError('MACHINE_ASLEEP', `Machine ${id} is asleep.`, { details: { id } })
}

function notReady(id: string, state: MachineState): AgentMachinesError {
  return new AgentMachinesError('MACHINE_NOT_READY', `Machine ${id} is ${state}.`, { details: { id, state } })
}

function destroyed(id: string): AgentMachinesError {
  return new AgentMachinesError('MACHINE_DESTROYED', `Machine ${id} is destroyed.`, { details: { id } })
}
