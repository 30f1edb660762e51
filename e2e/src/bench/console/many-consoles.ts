import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { deployShell } from '../bench-machine.ts'
import type { ConsoleLink } from '../console-links.ts'
import { type Figure, percentile, spreadOf } from '../figure.ts'
import { type Echoing, echoOfKey, pause } from './echoing.ts'
import { openOurConsole, openSession } from './our-console.ts'

const perMachine = 20
/** Prints 1 KB every second without starting anything. */
const trickle =
  'exec bash -c \'mkfifo f.$$; exec 9<>f.$$; while :; do printf "%01000d" 0; read -t 1 -u 9; done\'\r'

/** What an echo takes longer while `count` consoles, each with a viewer, print 1 KB/s. */
export async function benchManyConsoles(
  plane: ControlPlaneProcess,
  count: number,
  keys: number,
): Promise<Figure[]> {
  const own = await deployShell(plane)
  const probe = await openOurConsole(plane, own, 'ws', 'probe')
  const quiet = await echoes(probe, keys)
  const machines: string[] = []
  const links: ConsoleLink[] = []
  for (let i = 0; i < count; i++) {
    if (i % perMachine === 0) machines.push(await deployShell(plane))
    const link = await openSession(plane, machines.at(-1) ?? '', 'ws', `s${i % perMachine}`)
    link.type(trickle)
    links.push(link)
  }
  await pause(5000)
  const loaded = await echoes(probe, keys)
  for (const link of links) link.close()
  await probe.close()
  for (const id of [own, ...machines]) await plane.client.machines.destroy(id)
  const added = percentile(loaded, 0.95) - percentile(quiet, 0.95)
  return [
    {
      name: `An echo takes longer beside ${count} consoles, p95`,
      value: added,
      unit: 'ms',
      goal: 25,
      note: `p95 ${percentile(quiet, 0.95).toFixed(1)} without; with: ${spreadOf(loaded)}`,
    },
  ]
}

async function echoes(echoing: Echoing, keys: number): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < keys; i++) {
    took.push(await echoOfKey(echoing, i))
    await pause(20 + Math.random() * 20)
  }
  return took
}
