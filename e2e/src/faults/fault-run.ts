import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ControlPlaneProcess, startControlPlane } from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { leftoversOf } from '../testing/leftovers.ts'
import type { Random } from '../testing/random.ts'
import type { FaultScene } from './fault-scenes.ts'

export interface FaultRunOptions {
  readonly scenes: readonly FaultScene[]
  readonly rounds: number
  readonly random: Random
  readonly say: (line: string) => void
}

export interface FaultReport {
  readonly rounds: number
  /** From the start after a kill until it serves. */
  readonly startsMs: readonly number[]
  /** What went wrong, with its round; empty when all is well. */
  readonly faults: readonly string[]
}

/** A key opens the gate for an agent; nobody is ever asked with it. */
const environment = { ANTHROPIC_API_KEY: 'sk-ant-test-of-faults', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }

/**
 * Kills `am up` at random moments of each scene in turn, by itself and with its process group alternately,
 * starts it again on the same data, and checks that everything goes on and that nothing is left at the end.
 */
export async function runFaults({ scenes, rounds, random, say }: FaultRunOptions): Promise<FaultReport> {
  const faults: string[] = []
  const startsMs: number[] = []
  const port = await freePort()
  let plane = await startControlPlane({ port, environment })
  const { data } = plane
  try {
    for (let round = 0; round < rounds; round += 1) {
      const scene = scenes[round % scenes.length]
      if (scene === undefined) break
      // Each scene sees both kinds of kill in turn.
      const killGroup = (round + Math.floor(round / scenes.length)) % 2 === 1
      const result = await killDuring(scene, { plane, random, killGroup, port })
      plane = result.plane
      startsMs.push(result.startMs)
      faults.push(...result.faults.map((fault) => `round ${round} (${scene.name}): ${fault}`))
      say(`${round + 1}/${rounds} ${scene.name}, ${result.moment}: up again after ${result.startMs} ms`)
      for (const fault of result.faults) say(`  ${fault}`)
    }
    faults.push(...(await endOf(plane)))
  } finally {
    await plane.stop()
    await rm(data, { recursive: true, force: true })
  }
  return { rounds, startsMs, faults }
}

interface Kill {
  readonly plane: ControlPlaneProcess
  readonly random: Random
  readonly killGroup: boolean
  readonly port: number
}

async function killDuring(scene: FaultScene, { plane, random, killGroup, port }: Kill) {
  let current = plane
  const run = await scene.begin({ plane: () => current, random, newId: randomUUID })
  const moment = await run.untilMoment()
  await (killGroup ? plane.killGroup() : plane.kill())
  const since = Date.now()
  current = await startControlPlane({ port, data: plane.data, environment })
  const startMs = Date.now() - since
  const faults = await run.check().catch((error: unknown) => [String(error)])
  faults.push(...(await destroyAll(current)))
  return { plane: current, startMs, faults, moment: `${killGroup ? 'group' : 'node'} ${moment}` }
}

/** Destroys every machine; says which of their directories are still there. */
async function destroyAll(plane: ControlPlaneProcess): Promise<string[]> {
  const { items } = await plane.client.machines.list({ limit: 200 })
  const gone = await Promise.all(items.map(({ id }) => plane.client.machines.destroy(id)))
  const slow = gone.filter((answer) => !answer.gone).map(() => 'destroying takes over 10 s')
  const directories = await readdir(join(plane.data, 'machines'))
  return [...slow, ...directories.map((name) => `directory machines/${name} is left`)]
}

async function endOf(plane: ControlPlaneProcess): Promise<string[]> {
  const exitCode = await plane.stop()
  const uids = await readdir(join(plane.data, 'uids')).catch(() => [])
  return [
    ...(exitCode === 0 ? [] : [`am up ended with ${exitCode}: ${plane.log()}`]),
    ...uids.map((uid) => `uid ${uid} is still taken`),
    ...(await leftoversOf(plane.data)),
  ]
}
