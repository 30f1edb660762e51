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

it.each([
  ['latest', '2.0', 'codex'],
  ['1.0', '1.0', 'codex'],
  [undefined, '1.0', 'codex'],
  [undefined, '1.0', 'shell'],
])('reloads a machine with version %s as %s of %s', async (runtimeVersion, expected, runtime) => {
  const row = { ...aRow({ state: 'ready', target: 'ready' }), runtime, runtimeVersion: '1.0' }
  const service = serviceOn(row, () => {})

  const machine = await service.reload('m1', { runtimeVersion })

  expect(machine).toMatchObject({ state: 'bootstrapping', runtimeVersion: expected })
  expect(row.restartAgent).toBe(runtime === 'codex')
})

it('notes a reload that is asked for while a machine is set up, and starts nothing twice', async () => {
  const row = { ...aRow({ state: 'bootstrapping', target: 'ready' }), runtime: 'codex' }
  const service = serviceOn(row, () => {})

  await service.reload('m1', {})

  expect(row).toMatchObject({ state: 'bootstrapping', restartAgent: true })
})

it('sets a machine up again for a chat gateway, for none again, and not for what it has', async () => {
  const row = { ...aRow({ state: 'ready', target: 'ready' }), runtime: 'codex', gateway: false }
  const service = serviceOn(row, () => {})

  await service.patch('m1', { gateway: false })
  expect(row).toMatchObject({ isSetUpAnew: false })
  await expect(service.patch('m1', { gateway: true })).rejects.toMatchObject({
    code: 'CAPABILITY_UNSUPPORTED',
    details: { capability: 'gateway' },
  })
  row.runtime = 'hermes'
  expect((await service.patch('m1', { gateway: true })).gateway).toMatchObject({ state: 'starting' })
  expect(row).toMatchObject({ gateway: true, isSetUpAnew: true })
  row.state = 'asleep'
  expect((await service.patch('m1', {})).gateway).toMatchObject({ state: 'stopped', port: null })
  expect((await service.patch('m1', { gateway: false })).gateway).toBeNull()
})

it('keeps a machine as it is that is reloaded with a version nobody has, or while it sleeps', async () => {
  const row = { ...aRow({ state: 'ready', target: 'ready' }), runtime: 'codex' }
  const service = serviceOn(row, () => {})

  await expect(service.reload('m1', { runtimeVersion: '3.0' })).rejects.toMatchObject({
    code: 'RUNTIME_VERSION_UNKNOWN',
    message: 'codex is not installed as 3.0 here. It is installed as 2.0 or 1.0.',
  })
  expect(row.state).toBe('ready')
  row.state = 'asleep'
  await expect(service.reload('m1', {})).rejects.toMatchObject({ code: 'MACHINE_ASLEEP' })
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
  const catalogue = {
    recipe: (id: string) => ({
      manifest: { label: id, hasAgent: id !== 'shell' },
      installs: [{ version: '2.0' }, { version: '1.0' }],
      ...(id === 'hermes' ? { gateway: {} } : {}),
    }),
  }
  return new FleetService({
    ...options,
    machines: { update },
    access,
    catalogue,
  } as unknown as FleetServiceOptions)
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
