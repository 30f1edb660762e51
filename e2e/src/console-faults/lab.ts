import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'
import { deployMachine } from '../testing/machines.ts'
import { startPostgres } from '../testing/postgres-server.ts'
import { startTieredPlane } from '../testing/tiered-plane.ts'
import { type TieredSubstrate, tieredSubstrates } from '../testing/tiered-substrates.ts'
import { endSession } from './agent-life.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { labAgentScript } from './lab-agent.ts'

/** So long somebody who asked counts as present, and a console that somebody waits for is brought back. */
const lingerMs = 20_000

/** Two control planes on one database, a bad network before them, and a machine of each tier. */
export class Lab {
  readonly proxy: FaultProxy
  readonly #start: (port: number) => Promise<ControlPlaneProcess>
  readonly #remove: () => Promise<void>
  readonly #ports: readonly number[]
  readonly #planes: (ControlPlaneProcess | null)[]
  readonly machines = new Map<TieredSubstrate, string>()
  readonly #retired: { readonly machineId: string; readonly session: string; readonly at: number }[] = []

  private constructor(
    proxy: FaultProxy,
    start: (port: number) => Promise<ControlPlaneProcess>,
    remove: () => Promise<void>,
    planes: ReadonlyMap<number, ControlPlaneProcess>,
  ) {
    this.proxy = proxy
    this.#start = start
    this.#remove = remove
    this.#ports = [...planes.keys()]
    this.#planes = [...planes.values()]
    proxy.targets = this.#ports
  }

  static async open(): Promise<Lab> {
    const postgres = await startPostgres()
    const data = await mkdtemp(join(tmpdir(), 'am-e2e-'))
    const proxy = await startFaultProxy()
    const environment = { DATABASE_URL: postgres.url, AGENT_MACHINES_PUBLIC_URL: proxy.url }
    const start = (port: number) => startTieredPlane({ data, port, environment })
    const remove = async () => {
      await proxy.close()
      await postgres.stop()
      await rm(data, { recursive: true, force: true })
    }
    const planes = new Map<number, ControlPlaneProcess>()
    for (const port of [await freePort(), await freePort()]) planes.set(port, await start(port))
    const lab = new Lab(proxy, start, remove, planes)
    for (const substrate of Object.keys(tieredSubstrates) as TieredSubstrate[]) {
      const { id } = await deployMachine(lab.plane, { substrate })
      await lab.plane.client.machines.exec(id, { command: 'cat >lab-agent.pl', stdin: labAgentScript })
      lab.machines.set(substrate, id)
    }
    return lab
  }

  /** One that runs. */
  get plane(): ControlPlaneProcess {
    const plane = this.#planes.find((each) => each !== null)
    if (!plane) throw new Error('no control plane runs')
    return plane
  }

  get apiKey(): string {
    return this.plane.apiKey
  }

  /** The ports of those that run. */
  get #livePorts(): number[] {
    return this.#ports.filter((_, index) => this.#planes[index] !== null)
  }

  /** The last one that runs is left alone. */
  async kill(index: number): Promise<void> {
    const plane = this.#planes[index]
    if (!plane || this.#livePorts.length < 2) return
    this.#planes[index] = null
    this.proxy.targets = this.#livePorts
    await plane.kill()
  }

  freeze(index: number): void {
    this.#signal(index, 'SIGSTOP')
  }

  /** Everything runs again. */
  async repair(): Promise<void> {
    for (const index of this.#ports.keys()) this.#signal(index, 'SIGCONT')
    await Promise.all(
      this.#ports.map(async (port, index) => {
        this.#planes[index] ??= await this.#start(port)
      }),
    )
    this.proxy.targets = this.#livePorts
  }

  /** A session is done with; it and those before it are removed once nobody waits for them any more. */
  async retire(machineId: string, session: string): Promise<void> {
    this.#retired.push({ machineId, session, at: Date.now() })
    const over = this.#retired.filter(({ at }) => Date.now() - at > lingerMs)
    this.#retired.splice(0, over.length)
    for (const each of over) await endSession(this.plane, each.machineId, each.session)
  }

  async close(): Promise<void> {
    await this.repair()
    for (const id of this.machines.values()) await this.plane.client.machines.destroy(id)
    await Promise.all(this.#planes.map((plane) => plane?.stop()))
    await this.#remove()
  }

  #signal(index: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const plane = this.#planes[index]
    if (plane) process.kill(plane.pid, signal)
  }
}
