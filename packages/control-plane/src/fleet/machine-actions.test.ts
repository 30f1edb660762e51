import { type MachineState, machineStates } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import { assertAwake, decideBootstrap, decideSleep, decideWake } from './machine-actions.ts'

const outcome = (decide: () => unknown): unknown => {
  try {
    return decide() ?? 'allowed'
  } catch (error) {
    return (error as { code: string }).code
  }
}
const table = (decide: (state: MachineState) => unknown) =>
  Object.fromEntries(machineStates.map((state) => [state, outcome(() => decide(state))]))

describe('what a state allows', () => {
  it('wakes what sleeps or is unknown, and nothing that is not set up', () => {
    expect(table((state) => decideWake('m', state, 'ready'))).toEqual({
      provisioning: 'MACHINE_NOT_READY',
      bootstrapping: 'MACHINE_NOT_READY',
      ready: 'already',
      asleep: 'do',
      waking: 'already',
      destroying: 'MACHINE_DESTROYED',
      destroyed: 'MACHINE_DESTROYED',
      failed: 'MACHINE_NOT_READY',
      unknown: 'do',
    })
  })

  it('wakes what is about to fall asleep', () => {
    expect(table((state) => decideWake('m', state, 'asleep'))).toMatchObject({ ready: 'do', waking: 'do' })
  })

  it('puts a running machine to sleep, once', () => {
    expect(table((state) => decideSleep('m', state, { sleep: true }))).toMatchObject({
      ready: 'do',
      asleep: 'already',
      bootstrapping: 'MACHINE_NOT_READY',
      destroyed: 'MACHINE_DESTROYED',
    })
  })

  it('refuses sleep where the substrate has none', () => {
    expect(outcome(() => decideSleep('m', 'ready', { sleep: false }))).toBe('CAPABILITY_UNSUPPORTED')
  })

  it('retries a bootstrap that failed and joins one that runs', () => {
    expect(table((state) => decideBootstrap('m', state))).toMatchObject({
      failed: 'do',
      ready: 'do',
      bootstrapping: 'already',
      asleep: 'MACHINE_ASLEEP',
    })
  })

  it('lets commands through to running machines only', () => {
    expect(table((state) => assertAwake('m', state))).toMatchObject({
      ready: 'allowed',
      unknown: 'allowed',
      asleep: 'MACHINE_ASLEEP',
      provisioning: 'MACHINE_NOT_READY',
      destroyed: 'MACHINE_DESTROYED',
    })
  })
})
