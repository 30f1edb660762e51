import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '@agent-machines/core'
import { recipes } from '@agent-machines/runtimes'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { untilState } from '../testing/machines.ts'
import { processesOfMachine } from '../testing/processes.ts'

/** Keys open the gate for every agent; nobody is ever asked with them. */
const environment = {
  ANTHROPIC_API_KEY: 'sk-ant-kills',
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
  OPENAI_API_KEY: 'sk-kills',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
}

let plane: ControlPlaneProcess
let port: number

beforeAll(async () => {
  port = await freePort()
  plane = await startControlPlane({ port, environment })
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

const runtimes = recipes.map(({ manifest }) => manifest.id)
const victims = ['the runner', 'the control plane'] as const

it.each(runtimes)(
  'sets up %s although something is killed in every phase, and installs nothing twice',
  async (runtime) => {
    const first = await deployed(runtime, null)
    const installed = await placeOf(first)

    const faults: string[] = []
    for (const { id: phase } of first.bootstrap.phases) {
      for (const victim of victims) {
        const machine = await deployed(runtime, { phase, victim })
        const runs = await runsOf(machine)
        const where = `${victim} killed in ${phase}`
        for (const { id, state } of machine.bootstrap.phases) {
          if (state !== 'done') faults.push(`${where}: ${id} is ${state}`)
          // One that had begun is begun again, the console at every start; one that was done before is not.
          const most = (id === phase && victim === 'the runner') || id === 'console' ? 2 : 1
          if (isBefore(machine, id, phase) && (runs.get(id) ?? 0) > most) {
            faults.push(`${where}: ${id} was run ${runs.get(id)} times`)
          }
        }
        expect((await plane.client.machines.destroy(machine.id)).gone).toBe(true)
        for (const { commandLine } of await processesOfMachine(machine.id)) {
          faults.push(`${where}: left after it was destroyed: ${commandLine}`)
        }
      }
    }
    await plane.client.machines.destroy(first.id)

    expect(faults).toEqual([])
    expect(await placeOf(first)).toEqual(installed)
  },
)

interface Kill {
  readonly phase: string
  readonly victim: (typeof victims)[number]
}

/** A machine that is ready, though `kill` came as soon as its phase had begun. */
async function deployed(runtime: string, kill: Kill | null): Promise<Machine> {
  const modelOf = runtime === 'shell' ? {} : { model: 'gpt-test' }
  const { id } = await plane.client.machines.create({ runtime, substrate: 'local', ...modelOf })
  if (kill) {
    await begun(id, kill.phase)
    if (kill.victim === 'the runner') await killRunner(id)
    else {
      await plane.kill()
      plane = await startControlPlane({ port, data: plane.data, environment })
    }
  }
  return untilState(plane, id, ['ready'], 300_000)
}

/** Looks at the runner's own file, which is sooner than anything the control plane says. */
async function begun(id: string, phase: string): Promise<void> {
  const until = Date.now() + 60_000
  while (Date.now() < until) {
    if ((await stateOf(id)).some((event) => event.id === phase && event.state === 'running')) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`${phase} did not begin`)
}

async function killRunner(id: string): Promise<void> {
  for (const { pid, commandLine } of await processesOfMachine(id)) {
    if (!/bootstrap\/run$/.test(commandLine)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // It had just come to its end.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

interface StateEvent {
  readonly event: string
  readonly id?: string
  readonly state?: string
}

async function stateOf(id: string): Promise<StateEvent[]> {
  const path = join(plane.data, 'machines', id, 'home/.agent-machines/bootstrap/state')
  const text = await readFile(path, 'utf8').catch(() => '')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

/** How often each phase was run. */
async function runsOf({ id: machineId }: Machine): Promise<Map<string, number>> {
  const runs = new Map<string, number>()
  for (const { id, state } of await stateOf(machineId)) {
    if (id !== undefined && state === 'running') runs.set(id, (runs.get(id) ?? 0) + 1)
  }
  return runs
}

function isBefore({ bootstrap }: Machine, id: string, phase: string): boolean {
  const ids = bootstrap.phases.map((each) => each.id)
  return ids.indexOf(id) <= ids.indexOf(phase)
}

/** The folder of a runtime that machines share, by what changes when it is made anew; null for none. */
async function placeOf({ runtime, runtimeVersion }: Machine) {
  if (runtimeVersion === null) return null
  const { ino, ctimeMs } = await stat(join(plane.data, 'runtimes', runtime, runtimeVersion))
  return { ino, ctimeMs }
}
