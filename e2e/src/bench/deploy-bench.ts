import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { Screen } from '../testing/screen.ts'
import { createReady } from './bench-machine.ts'
import { bytesOf, type ConsoleLink, nextEvent, openSocketLink } from './console-links.ts'
import { type Figure, percentile, spreadOf } from './figure.ts'

const size = { cols: 120, rows: 32 }

/** From the request to the first painted screen of a shell's console. */
export async function benchShell(plane: ControlPlaneProcess, times: number): Promise<Figure[]> {
  const took: number[] = []
  const ready: number[] = []
  for (let i = 0; i < times; i++) {
    const deployed = await deploy(plane, { runtime: 'shell' })
    await nextEvent(deployed.link, ({ event }) => event === 'snapshot')
    took.push(performance.now() - deployed.began)
    ready.push(deployed.readyMs)
    deployed.link.close()
    await plane.client.machines.destroy(deployed.machineId)
  }
  return [
    {
      name: 'shell: POST to first paint, p50',
      value: percentile(took, 0.5),
      unit: 'ms',
      goal: 500,
      note: spreadOf(took),
    },
    { name: '  of it POST to ready, p50', value: percentile(ready, 0.5), unit: 'ms', note: spreadOf(ready) },
  ]
}

export interface PromptRun {
  readonly promptMs: number
  readonly readyMs: number
}

/** One machine from the request to its agent's prompt on the screen; the machine is removed again. */
export async function deployToPrompt(
  plane: ControlPlaneProcess,
  runtime: string,
  isPrompt: (text: string) => boolean,
): Promise<PromptRun> {
  const { link, machineId, began, readyMs } = await deploy(plane, { runtime })
  const screen = new Screen(size)
  try {
    await promptOn(screen, isPrompt, (fed) =>
      link.onEvent((event) => {
        if (event.event === 'snapshot') screen.reset(event.data)
        screen.write(bytesOf(event))
        fed()
      }),
    )
    return { promptMs: performance.now() - began, readyMs }
  } finally {
    link.close()
    screen.dispose()
    await plane.client.machines.destroy(machineId)
  }
}

/** Resolves when the screen shows the prompt; rejects with what it shows instead. */
export async function promptOn(
  screen: Screen,
  isPrompt: (text: string) => boolean,
  feed: (fed: () => void) => void,
  withinMs = 30_000,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(async () => {
      reject(new Error(`no prompt within ${withinMs} ms:\n${await screen.text()}`))
    }, withinMs)
    const look = async () => {
      if (!isPrompt(await screen.text())) return
      clearTimeout(timer)
      resolve()
    }
    feed(() => {
      look().catch(reject)
    })
  })
}

interface Deployed {
  readonly machineId: string
  readonly link: ConsoleLink
  readonly began: number
  readonly readyMs: number
}

/** Creates a machine, waits for it as the dashboard does, and opens its console with the agent started. */
async function deploy(plane: ControlPlaneProcess, { runtime }: { runtime: string }): Promise<Deployed> {
  const { id, began, readyMs } = await createReady(plane, runtime)
  await plane.client.console.open(id, { ...size, client: 'bench', launch: true })
  const link = openSocketLink(plane, { machineId: id, session: 'agent', client: 'bench' })
  return { machineId: id, link, began, readyMs }
}
