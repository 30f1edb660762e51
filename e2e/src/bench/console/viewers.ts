import { Agent, type ClientRequest, request } from 'node:http'
import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { deployShell } from '../bench-machine.ts'
import type { Figure } from '../figure.ts'
import { residentMegabytes } from '../memory.ts'
import { pause } from './echoing.ts'
import { openOurConsole } from './our-console.ts'

/** What the control plane's memory grows by for each idle event stream of one console. */
export async function benchIdleViewers(plane: ControlPlaneProcess, count: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const driver = await openOurConsole(plane, machineId, 'ws', 'watched')
  const watch = async (many: number) => {
    const opened: ClientRequest[] = []
    for (let i = 0; i < many; i++) opened.push(await openStream(plane, machineId))
    return opened
  }
  // What the first ones cost is paid once.
  const first = await watch(50)
  await pause(5000)
  const before = residentMegabytes(plane.pid)
  const viewers = await watch(count)
  await pause(15_000)
  const grown = residentMegabytes(plane.pid) - before
  for (const viewer of [...first, ...viewers]) viewer.destroy()
  await driver.close()
  await plane.client.machines.destroy(machineId)
  return [
    {
      name: `Memory of an idle viewer, ${count} of them`,
      value: (grown * 1024) / count,
      unit: 'KB',
      goal: 100,
      note: `control plane ${before.toFixed(0)} MB before, ${grown.toFixed(0)} MB more with them`,
    },
  ]
}

/** Resolves once the stream's snapshot has come. */
function openStream(plane: ControlPlaneProcess, machineId: string): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${plane.url}/api/v1/machines/${machineId}/console/stream?session=watched`,
      { agent: new Agent(), headers: { authorization: `Bearer ${plane.apiKey}` } },
      (response) =>
        response.setEncoding('latin1').on('data', (chunk: string) => {
          if (chunk.includes('event: snapshot')) resolve(sent)
        }),
    )
    sent.on('error', reject).end()
  })
}
