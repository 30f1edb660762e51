import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, outputOf } from '../testing/machines.ts'

let plane: ControlPlaneProcess
let machineId: string

beforeAll(async () => {
  plane = await startControlPlane()
  machineId = (await deployMachine(plane)).id
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

it.each([
  ['a byte order mark', String.raw`printf '\357\273\277x'`, '\ufeffx'],
  ['bytes that are no UTF-8', String.raw`printf 'a\377b'`, 'a\ufffdb'],
])('tells output with %s as it is', async (_, command, expected) => {
  expect(await outputOf(plane, machineId, command)).toBe(expected)
})
