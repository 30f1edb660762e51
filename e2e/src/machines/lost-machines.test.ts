import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { leftoversOf } from '../testing/leftovers.ts'
import { deployMachine, killMachine, outputOf, untilState } from '../testing/machines.ts'
import { processesOfMachine } from '../testing/processes.ts'

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(() => removeControlPlane(plane))

it('calls a machine whose processes were killed asleep, and rebuilds it on wake with its files', async () => {
  const { id } = await deployMachine(plane)
  await outputOf(plane, id, 'echo kept >file')

  await killMachine(id)
  const lost = await untilState(plane, id, ['asleep'])
  const refused = await plane.client.machines.exec(id, { command: 'true' }).catch((error: unknown) => error)
  await plane.client.machines.wake(id)
  const woken = await untilState(plane, id, ['ready'])

  expect(lost.stateReason).toBe('processes-lost')
  expect(refused).toMatchObject({ code: 'MACHINE_ASLEEP' })
  expect(woken.stateReason).toBeUndefined()
  expect(await outputOf(plane, id, 'cat file')).toBe('kept')
  expect((await plane.client.console.open(id, { cols: 80, rows: 24 })).tier).toBe('attach')
})

it('calls a machine whose processes were killed while it was set up asleep, and sets it up on wake', async () => {
  const { id } = await deployMachine(plane)
  await plane.client.machines.bootstrap(id)

  await killMachine(id)
  const lost = await untilState(plane, id, ['asleep'])
  await plane.client.machines.wake(id)
  const woken = await untilState(plane, id, ['ready'])

  expect(lost.stateReason).toBe('processes-lost')
  expect(woken.bootstrap.state).toBe('done')
  expect(await outputOf(plane, id, 'echo runs')).toBe('runs')
})

it('calls a machine whose directory was deleted failed, where only destroying helps', async () => {
  const { id } = await deployMachine(plane)
  const before = (await processesOfMachine(id)).length

  await rm(join(plane.data, 'machines', id), { recursive: true, force: true })
  const failed = await eventually('failed', async () => {
    const machine = await plane.client.machines.get(id)
    return machine.state === 'failed' && machine
  })
  const others = [
    plane.client.machines.wake(id),
    plane.client.machines.bootstrap(id),
    plane.client.machines.exec(id, { command: 'true' }),
  ]
  const answers = await Promise.allSettled(others)
  await plane.client.machines.destroy(id)
  await untilState(plane, id, ['destroyed'])

  expect(before).toBeGreaterThan(0)
  expect(failed.stateReason).toBe('SUBSTRATE_NOT_FOUND')
  for (const answer of answers) expect(answer.status).toBe('rejected')
  expect(await processesOfMachine(id)).toEqual([])
})

it('leaves nothing of its machines and of itself on this computer', async () => {
  const { items } = await plane.client.machines.list()
  await Promise.all(items.map(({ id }) => plane.client.machines.destroy(id)))

  await plane.stop()

  expect(await leftoversOf(plane.data)).toEqual([])
  plane = await startControlPlane({ data: plane.data })
})
