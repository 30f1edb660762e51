import assert from 'node:assert'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { Screen } from '../testing/screen.ts'
import { deployShell, paintScreen } from './bench-machine.ts'
import { bytesOf, nextEvent, openSocketLink } from './console-links.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

/** From opening the socket to the same cells in an emulator, on a screen that is full of coloured text. */
export async function benchReattach(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const session = 'reattach'
  await paintScreen(plane, machineId, session)
  const first = await reattach(plane, machineId, session)
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const { ms, cells } = await reattach(plane, machineId, session)
    assert.deepEqual(cells, first.cells)
    took.push(ms)
  }
  await plane.client.machines.destroy(machineId)
  return [
    {
      name: 'Reattach to an exact full screen, p95',
      value: percentile(took, 0.95),
      unit: 'ms',
      goal: 150,
      note: `p50 ${percentile(took, 0.5).toFixed(1)}, ${spreadOf(took)}`,
    },
  ]
}

async function reattach(plane: ControlPlaneProcess, machineId: string, session: string) {
  const began = performance.now()
  const link = openSocketLink(plane, { machineId, session })
  const event = await nextEvent(link, (each) => each.event === 'snapshot')
  assert(event.event === 'snapshot')
  const screen = new Screen(event.data)
  screen.write(bytesOf(event))
  await screen.text()
  const ms = performance.now() - began
  const cells = await screen.cells()
  link.close()
  screen.dispose()
  return { ms, cells }
}
