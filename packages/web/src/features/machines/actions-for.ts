import type { Machine } from '@agent-machines/core'

export interface MachineActions {
  readonly openTerminal: boolean
  readonly wake: boolean
  readonly sleep: boolean
  readonly rename: boolean
  readonly changeModel: boolean
  readonly retryBootstrap: boolean
  readonly reload: boolean
  readonly gateway: boolean
  readonly startAgent: boolean
  readonly stopAgent: boolean
  readonly restartAgent: boolean
  readonly exec: boolean
  readonly destroy: boolean
}

/** What a machine allows right now; a control for anything else is not shown. */
export function actionsFor(machine: Machine): MachineActions {
  const { state } = machine
  const gone = state === 'destroyed' || state === 'destroying'
  const lostForGood = state === 'failed' && machine.stateReason === 'SUBSTRATE_NOT_FOUND'
  const up = state === 'ready'
  const agentUp = up && machine.agent !== null
  const agentRuns = agentUp && machine.agent?.state !== 'exited'
  return {
    openTerminal: !gone,
    wake: state === 'asleep' || state === 'unknown',
    sleep: up && machine.capabilities.sleep,
    rename: !gone,
    changeModel: up && machine.upstream !== null,
    retryBootstrap: !gone && !lostForGood && machine.bootstrap.state === 'failed',
    reload: up,
    gateway: up,
    startAgent: agentUp && !agentRuns,
    stopAgent: agentRuns,
    restartAgent: agentRuns,
    exec: up,
    destroy: state !== 'destroyed',
  }
}
