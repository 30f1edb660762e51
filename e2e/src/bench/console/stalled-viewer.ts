import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlPlaneProcess } from '../../testing/control-plane-process.ts'
import { outputOf } from '../../testing/machines.ts'
import { processesOfMachine } from '../../testing/processes.ts'
import { deployShell } from '../bench-machine.ts'
import { type ConsoleLink, nextEvent, openStalledLink } from '../console-links.ts'
import { type Figure, percentile } from '../figure.ts'
import { residentMegabytes } from '../memory.ts'
import { openSession } from './our-console.ts'

const print =
  'yes "the quick brown fox jumps over the lazy dog and runs through the field once more" | head -c 100000000'

/** A viewer that never reads, while a program prints 100 MB. */
export async function benchStalledViewer(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  const machineId = await deployShell(plane)
  const link = await openSession(plane, machineId, 'ws', 'stalled')
  await printAll(plane, machineId, link)
  const [alone, stalled]: [number[], number[]] = [[], []]
  let [grown, disk] = [0, 0]
  const memory = await memoryOf(machineId)
  for (let i = 0; i < times; i++) {
    alone.push(await printAll(plane, machineId, link))
    const before = residentMegabytes(plane.pid)
    const viewer = openStalledLink(plane, { machineId, session: 'stalled' })
    const timer = setInterval(() => {
      grown = Math.max(grown, residentMegabytes(plane.pid) - before)
      disk = Math.max(disk, logMegabytes(memory))
    }, 20)
    stalled.push(await printAll(plane, machineId, link))
    clearInterval(timer)
    viewer.close()
  }
  link.close()
  await plane.client.machines.destroy(machineId)
  const seconds = (values: readonly number[]) => (percentile(values, 0.5) / 1000).toFixed(1)
  return [
    {
      name: 'Control plane grows by, a viewer stalled through 100 MB',
      value: grown,
      unit: 'MB',
      goal: 8,
      note: `the most of ${times} runs`,
    },
    {
      name: '  the program takes, of what it takes without',
      value: percentile(stalled, 0.5) / percentile(alone, 0.5),
      unit: 'x',
      goal: 1.1,
      note: `${seconds(stalled)} and ${seconds(alone)} s`,
    },
    {
      name: '  the log on disk, at most',
      value: disk,
      unit: 'MB',
      goal: 10 * 1.048576,
      note: 'looked at every 20 ms',
    },
  ]
}

/** Milliseconds until the program has ended, as the machine itself says. */
async function printAll(plane: ControlPlaneProcess, machineId: string, link: ConsoleLink): Promise<number> {
  const ended = nextEvent(
    link,
    (event) =>
      (event.event === 'output' || event.event === 'snapshot') &&
      Buffer.from(event.data.data, 'base64').includes('printed-all'),
    120_000,
  )
  link.type(
    `clear; a=$(date +%s%N); ${print}; b=$(date +%s%N); echo $(((b - a) / 1000000)) >~/took; clear; printf 'printed-%s\\n' all\r`,
  )
  await ended
  return Number(await outputOf(plane, machineId, 'cat took'))
}

/** The folder of this computer in which the machine's shared memory is seen. */
async function memoryOf(machineId: string): Promise<string> {
  const inside = (await processesOfMachine(machineId)).find(({ commandLine }) =>
    commandLine.startsWith('tmux '),
  )
  if (inside === undefined) throw new Error('the machine has no tmux')
  return `/proc/${inside.pid}/root/dev/shm`
}

/** What the largest of the machine's console logs takes in its memory. */
function logMegabytes(memory: string): number {
  const folders = readdirSync(memory).filter((name) => name.startsWith('am-'))
  const sizes = folders.flatMap((folder) => logsIn(join(memory, folder)))
  if (sizes.length === 0) throw new Error(`no console log is in ${memory}`)
  return Math.max(...sizes) / 1e6
}

function logsIn(folder: string): number[] {
  try {
    return readdirSync(folder).map((name) => statSync(join(folder, name)).blocks * 512)
  } catch (_gone) {
    return []
  }
}
