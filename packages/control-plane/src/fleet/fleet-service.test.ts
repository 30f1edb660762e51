import type { MachineState } from '@agent-machines/core'
import { expect, it } from 'vitest'
import type { MachinePatch, MachineRow } from '../store/machine-store.ts'
import { FleetService, type FleetServiceOptions } from './fleet-service.ts'

it('wakes a machine that fell asleep between the look and the change', async () => {
  const row = aRow({ state: 'ready', target: 'asleep' })
  const service = serviceOn(row, () => Object.assign(row, { state: 'asleep' }))

  const machine = await service.wake('m1')

  expect(machine.state).toBe('waking')
  expect(row).toMatchObject({ state: 'waking', target: 'ready' })
})

it('destroys a machine whose state changed between the look and the change', async () => {
  const row = aRow({ state: 'bootstrapping', target: 'ready' })
  const service = serviceOn(row, () => Object.assign(row, { state: 'ready' }))

  await service.destroy('m1')

  expect(row).toMatchObject({ state: 'destroying', target: 'destroyed' })
})

/** A service whose first change comes right after `meanwhile` happened. */
function serviceOn(row: MachineRow, meanwhile: () => void): FleetService {
  let isFirst = true
  const update = (_id: string, patch: MachinePatch, expected: readonly MachineState[] = []) => {
    if (isFirst) meanwhile()
    isFirst = false
    if (!expected.includes(row.state)) return Promise.resolve(undefined)
    return Promise.resolve(Object.assign(row, patch))
  }
  const options: Pick<FleetServiceOptions, 'workspace' | 'kick' | 'destroyed'> = {
    workspace: 'w',
    kick: () => {},
    destroyed: () => Promise.resolve(true),
  }
  const access = { get: () => Promise.resolve({ ...row }) }
  return new FleetService({ ...options, machines: { update }, access } as unknown as FleetServiceOptions)
}

function aRow(row: Pick<MachineRow, 'state' | 'target'>): MachineRow {
  const at = new Date(0)
  const capabilities = { sleep: true }
  const unset = {
    stateReason: null,
    stateDetail: null,
    lastLine: null,
    workspaceSource: null,
    expiresAt: null,
  }
  return {
    id: 'm1',
    ...unset,
    ...row,
    capabilities,
    createdAt: at,
    updatedAt: at,
    lastActivityAt: at,
  } as unknown as MachineRow
}
