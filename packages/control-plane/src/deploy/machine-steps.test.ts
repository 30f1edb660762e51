import { expect, it } from 'vitest'
import type { MachineRow } from '../store/machine-store.ts'
import { type MachineStepOptions, machineSteps } from './machine-steps.ts'

const signal = new AbortController().signal

it.each([
  ['whose upstream was changed while it slept', 'pending', 'bootstrapping'],
  ['that is as it was', 'done', 'ready'],
  ['whose setup had failed', 'failed', 'ready'],
] as const)('wakes a machine %s', async (_, state, expected) => {
  const row = aRow({ bootstrap: { state, phases: [] } })

  expect(await stepsOn(row).wake(row, signal)).toMatchObject({ state: expected })
})

it('sets a machine up anew that was given something else meanwhile', async () => {
  const row = aRow({})

  expect(await stepsOn(row).bootstrap(row, signal)).toEqual({ state: 'ready' })
  expect(await stepsOn({ ...row, setup: row.setup + 1 }).bootstrap(row, signal)).toMatchObject({
    state: 'bootstrapping',
  })
})

it.each([true, false])('starts the agent of a reloaded machine anew, once: %s', async (restartAgent) => {
  const row = aRow({ restartAgent })
  const reloaded: string[] = []

  const patch = await stepsOn(row, reloaded).bootstrap(row, signal)

  expect(reloaded).toEqual(restartAgent ? ['m1'] : [])
  expect(patch).toEqual(
    restartAgent ? { state: 'ready', restartAgent: false, agent: null } : { state: 'ready' },
  )
})

it('leaves the version that a machine was given while it was set up with another', async () => {
  const row = aRow({ runtimeVersion: '1.0' })

  const patch = await stepsOn({ ...row, setup: row.setup + 1, runtimeVersion: '2.0' }).bootstrap(row, signal)

  expect(patch).toEqual({ state: 'bootstrapping', runtimeVersion: '2.0' })
})

/** Steps whose database holds `now`. */
function stepsOn(now: MachineRow, reloaded: string[] = []) {
  return machineSteps({
    access: { get: async () => now, providerOf: () => ({ wake: async () => ({ processesSurvived: true }) }) },
    bootstraps: { run: async () => ({ state: 'ready' }) },
    sessions: {
      afterWake: async () => undefined,
      afterReload: async ({ id }: MachineRow) => reloaded.push(id),
    },
    gateways: { afterWake: async () => undefined, afterReload: async () => undefined },
  } as unknown as MachineStepOptions)
}

function aRow(row: Partial<MachineRow>): MachineRow {
  const unset = {
    id: 'm1',
    providerRef: 'r',
    substrate: 'local',
    upstream: 'anthropic',
    setup: 0,
    runtimeVersion: null,
    restartAgent: false,
  }
  return { ...unset, bootstrap: { state: 'done', phases: [] }, ...row } as MachineRow
}
