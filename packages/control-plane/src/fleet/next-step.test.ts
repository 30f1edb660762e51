import { AgentMachinesError, type MachineState, machineStates } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import type { MachineTarget } from '../store/schema.ts'
import { decideFailure, decideObserved, nextStep } from './next-step.ts'

const steps = (target: MachineTarget) =>
  Object.fromEntries(machineStates.map((state: MachineState) => [state, nextStep({ state, target })]))

describe('nextStep', () => {
  it('brings a machine up from any state it can come from', () => {
    expect(steps('ready')).toEqual({
      provisioning: 'provision',
      bootstrapping: 'bootstrap',
      ready: null,
      asleep: 'wake',
      waking: 'wake',
      destroying: null,
      destroyed: null,
      failed: null,
      unknown: null,
    })
  })

  it('destroys from every state but destroyed', () => {
    expect(
      new Set(
        Object.entries(steps('destroyed')).map(([state, step]) =>
          state === 'destroyed' ? step : step === 'destroy',
        ),
      ),
    ).toEqual(new Set([true, null]))
  })

  it('lets a machine asleep sleep', () => {
    expect(steps('asleep')).toMatchObject({ asleep: null, ready: 'sleep' })
  })
})

describe('decideObserved', () => {
  const ready = { state: 'ready', target: 'ready', stateReason: null } as const

  it('changes nothing when the substrate agrees', () => {
    expect(decideObserved(ready, { state: 'running' })).toBeNull()
  })

  it('says that processes were lost and never wakes by itself', () => {
    expect(decideObserved(ready, { state: 'lost' })).toMatchObject({
      state: 'asleep',
      target: 'asleep',
      stateReason: 'processes-lost',
    })
  })

  it('fails a machine that was deleted behind our back', () => {
    expect(decideObserved(ready, { state: 'gone' })).toMatchObject({
      state: 'failed',
      stateReason: 'SUBSTRATE_NOT_FOUND',
    })
  })

  it('brings an unknown machine back when it is seen again', () => {
    expect(
      decideObserved(
        { ...ready, state: 'unknown', stateReason: 'SUBSTRATE_TRANSIENT' },
        { state: 'running' },
      ),
    ).toEqual({
      state: 'ready',
      stateReason: null,
      stateDetail: null,
    })
  })
})

describe('decideFailure', () => {
  it('tries again what usually passes, three times', () => {
    const busy = new AgentMachinesError('SUBSTRATE_TRANSIENT', 'busy')

    expect(decideFailure('provision', busy, 1)).toBeNull()
    expect(decideFailure('provision', busy, 3)).toMatchObject({
      state: 'failed',
      stateReason: 'SUBSTRATE_TRANSIENT',
    })
  })

  it('fails at once when only a person can help', () => {
    expect(decideFailure('provision', new AgentMachinesError('SUBSTRATE_AUTH', 'no'), 1)).toMatchObject({
      state: 'failed',
    })
  })

  it('takes a machine that ends while it is set up for one to wake, which then goes on', () => {
    expect(decideFailure('bootstrap', new AgentMachinesError('MACHINE_ASLEEP'), 1)).toMatchObject({
      state: 'asleep',
      target: 'asleep',
      stateReason: 'processes-lost',
    })
  })

  it('never gives up destroying', () => {
    expect(decideFailure('destroy', new Error('x'), 99)).toBeNull()
  })
})
