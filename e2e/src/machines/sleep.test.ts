import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConsoleTab, type Transport } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'
import { processesOfMachine } from '../testing/processes.ts'
import { typeLine } from '../testing/type-line.ts'

const countForever = 'cd; echo $$ >pid; n=0; while :; do n=$((n+1)); echo $n >count; echo "C$n."; done'
const asleepForMs = 2000

let plane: ControlPlaneProcess
let canSleep: boolean

beforeAll(async () => {
  plane = await startControlPlane()
  const { items } = await plane.client.substrates()
  canSleep = items.find(({ id }) => id === 'local')?.capabilities.sleep ?? false
})

afterAll(() => removeControlPlane(plane))

it('stands still while asleep, in every process, and goes on in the same ones after waking', async () => {
  const { id } = await deployMachine(plane)
  if (!canSleep) return expectRefused(id)
  await typeLine(plane, id, countForever)
  await eventually('a count', async () => Number(await outputOf(plane, id, 'cat count 2>&1 || :')) > 10)
  const pid = await outputOf(plane, id, 'cat pid')
  const tabs = (['ws', 'sse'] as const).map((transport) => followUntilEnd(id, transport))
  await eventually('streams', async () => tabs.every(({ tab }) => tab.lines().length > 10))

  await plane.client.machines.sleep(id)
  await untilState(plane, id, ['asleep'])
  const before = await processesOfMachine(id)
  const ends = await Promise.all(tabs.map(({ end }) => end))
  const refused = await plane.client.machines.exec(id, { command: 'true' }).catch((error: unknown) => error)
  const counts = tabs.map(({ tab }) => countsOf(tab).at(-1))
  await stillFor(asleepForMs)
  const after = await processesOfMachine(id)
  await plane.client.machines.wake(id)
  await untilState(plane, id, ['ready'])

  expect(before.length).toBeGreaterThan(3)
  expect(after).toEqual(before)
  expect(refused).toMatchObject({ code: 'MACHINE_ASLEEP' })
  for (const end of ends) expect(end).toMatchObject({ event: 'end', data: { reason: 'asleep' } })
  const resumed = new ConsoleTab(plane, id)
  await resumed.follow('ws', () => (countsOf(resumed).at(-1) ?? 0) > Math.max(...counts.map(Number)) + 100)
  expect(gapsIn(countsOf(resumed))).toEqual([])
  expect(await outputOf(plane, id, 'kill -0 $(cat pid) && cat pid')).toBe(pid)
})

it('answers sleeping and waking asked twice with the same machine', async () => {
  const { id } = await deployMachine(plane)
  if (!canSleep) return expectRefused(id)

  await Promise.all([plane.client.machines.sleep(id), plane.client.machines.sleep(id)])
  await untilState(plane, id, ['asleep'])
  const again = await plane.client.machines.sleep(id)
  await Promise.all([plane.client.machines.wake(id), plane.client.machines.wake(id)])
  await untilState(plane, id, ['ready'])

  expect(again.state).toBe('asleep')
  expect(await outputOf(plane, id, 'echo awake')).toBe('awake')
})

it('does what was asked for last when sleep and wake follow each other closely', async () => {
  const { id } = await deployMachine(plane)
  if (!canSleep) return expectRefused(id)

  for (let round = 0; round < 5; round += 1) {
    await plane.client.machines.sleep(id)
    await plane.client.machines.wake(id)
    await untilState(plane, id, ['ready'])
  }

  expect(await outputOf(plane, id, 'echo awake')).toBe('awake')
})

it('removes a sleeping machine with everything in it', async () => {
  const { id } = await deployMachine(plane)
  if (canSleep) await plane.client.machines.sleep(id)
  await untilState(plane, id, [canSleep ? 'asleep' : 'ready'])

  await plane.client.machines.destroy(id)

  await untilState(plane, id, ['destroyed'])
  expect(await processesOfMachine(id)).toEqual([])
})

async function expectRefused(id: string): Promise<void> {
  await expect(plane.client.machines.sleep(id)).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' })
}

function followUntilEnd(id: string, transport: Transport) {
  const tab = new ConsoleTab(plane, id)
  const end = tab.follow(transport, (events) => events.at(-1)?.event === 'end').then((seen) => seen.at(-1))
  return { tab, end }
}

/** The time over which nothing may happen; there is nothing to wait for. */
function stillFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function countsOf(tab: ConsoleTab): number[] {
  return tab.lines().flatMap((line) => (/^C\d+\.$/.test(line) ? [Number(line.slice(1, -1))] : []))
}

function gapsIn(numbers: readonly number[]): number[] {
  return numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1)
}
