import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { deployShell } from './bench-machine.ts'
import { openBarePty } from './console/bare-pty.ts'
import { echoOfKey, pause } from './console/echoing.ts'
import { openOurConsole } from './console/our-console.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

const pauseMs = 8

/**
 * From a key to the program that typed it, `cat` in the pane, all on one line of the same run.
 *
 * The three take turns key by key, so that whatever else the computer does weighs on all of them alike.
 */
export async function benchEcho(plane: ControlPlaneProcess, keys: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const echoing = {
    ws: await openOurConsole(plane, machineId, 'ws'),
    sse: await openOurConsole(plane, machineId, 'sse'),
    bare: await openBarePty(),
  }
  const took = { ws: [] as number[], sse: [] as number[], bare: [] as number[] }
  try {
    for (let i = 0; i < keys; i++) {
      for (const name of ['ws', 'sse', 'bare'] as const) {
        took[name].push(await echoOfKey(echoing[name], i))
        await pause(pauseMs)
      }
    }
  } finally {
    for (const each of Object.values(echoing)) await each.close()
    await plane.client.machines.destroy(machineId)
  }
  const bare = percentile(took.bare, 0.5)
  const figure = (name: string, values: readonly number[], goal?: number): Figure => ({
    name: `Key to echo, ${name}, p50`,
    value: percentile(values, 0.5),
    unit: 'ms',
    ...(goal === undefined ? {} : { goal }),
    note: `${(percentile(values, 0.5) / bare).toFixed(1)} times the bare pty; ${spreadOf(values)}`,
  })
  return [
    figure('WebSocket', took.ws, 2),
    figure('POST and SSE', took.sse, 3.5),
    figure('bare node-pty', took.bare),
  ]
}
