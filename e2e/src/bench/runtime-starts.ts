import { readFile, readlink } from 'node:fs/promises'
import { recipes } from '@agent-machines/runtimes'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { askAgent, untilAgent } from '../testing/ask-agent.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { untilState } from '../testing/machines.ts'
import { processesOfMachine } from '../testing/processes.ts'
import { nativeKeys } from '../testing/tested-plane.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

/** What may come on top of the CLI's own start, in seconds. */
const overheadGoal = 1
/** When a change of the agent's state is to be seen, in seconds. */
const stateGoal = 1
/** What `/proc` counts time in. */
const ticksPerSecond = 100

/**
 * Every runtime from the request to its prompt with a filled cache, split at the moment its process starts: before it
 * is ours, after it the CLI's own. The prompt counts as there when the API says that the agent is idle. Then a question:
 * from its arrival at the model to `busy` in the API, which the CLI may tell before or after it asks.
 */
export async function benchRuntimeStarts(times: number): Promise<Figure[]> {
  const models = await startModelServer()
  const plane = await startControlPlane({ environment: nativeKeys(models.url) })
  try {
    const figures: Figure[] = []
    for (const { manifest } of recipes) {
      if (!manifest.hasAgent) continue
      await startOne({ plane, model: models }, manifest.id)
      const starts = []
      for (let i = 0; i < times; i++) starts.push(await startOne({ plane, model: models }, manifest.id))
      figures.push(...figuresOf(manifest.label, starts))
    }
    return figures
  } finally {
    await removeControlPlane(plane)
    await models.close()
  }
}

interface Start {
  /** Seconds from the request to the CLI's process. */
  readonly ours: number
  /** Seconds from there to its prompt. */
  readonly own: number
  /** Seconds from a question at the model to `busy` in the API. */
  readonly busy: number
}

interface Bench {
  readonly plane: ControlPlaneProcess
  readonly model: ModelServer
}

async function startOne(bench: Bench, runtime: string): Promise<Start> {
  const { plane } = bench
  const began = await uptime()
  const machine = { runtime, substrate: 'local', model: runtime === 'claude-code' ? 'opus' : 'gpt-6-sol' }
  const { id } = await plane.client.machines.create(machine)
  try {
    await untilState(plane, id, ['ready'], 300_000)
    const started = await eventually(`the process of ${runtime}`, () => startOf(id, runtime), 60_000)
    await untilAgent(plane, id, 'idle')
    const own = (await uptime()) - started
    return { ours: started - began, own, busy: await untilBusy(bench, id) }
  } finally {
    await plane.client.machines.destroy(id)
  }
}

async function untilBusy({ plane, model }: Bench, id: string): Promise<number> {
  const before = model.requests.length
  const busy = untilAgent(plane, id, 'busy').then(() => performance.now())
  await askAgent({ plane, model }, id, 'SLOW[60]')
  const asked = model.requests.slice(before).find(({ body }) => JSON.stringify(body).includes('SLOW[60]'))
  return Math.max(0, (await busy) - (asked?.at ?? Number.NaN)) / 1000
}

/** When the oldest process of the CLI started, in seconds since the computer did. */
async function startOf(machineId: string, runtime: string): Promise<number | null> {
  const processes = await processesOfMachine(machineId)
  const stats = await Promise.all(
    processes.map(async ({ pid, commandLine }) => {
      // OpenClaw gives its process another name, Hermes is a script of the system's Python.
      const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
      const isOwn = [program, commandLine].some((path) => path.includes(`/runtimes/${runtime}/`))
      return isOwn ? readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') : ''
    }),
  )
  const started = stats.filter((stat) => stat !== '')
  const ticks = started.flatMap((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? [])
  return ticks.length === 0 ? null : Math.min(...ticks.map(Number)) / ticksPerSecond
}

async function uptime(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
}

function figuresOf(label: string, starts: readonly Start[]): Figure[] {
  const ours = starts.map((start) => start.ours)
  const own = starts.map((start) => start.own)
  const busy = starts.map((start) => start.busy)
  return [
    {
      name: `${label}: POST to its process, warm cache, p50`,
      value: percentile(ours, 0.5),
      unit: 's',
      goal: overheadGoal,
      note: spreadOf(ours),
    },
    { name: '  from there to its prompt, p50', value: percentile(own, 0.5), unit: 's', note: spreadOf(own) },
    {
      name: '  a question at the model to busy in the API, p95',
      value: percentile(busy, 0.95),
      unit: 's',
      goal: stateGoal,
      note: spreadOf(busy),
    },
  ]
}
