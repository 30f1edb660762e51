import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { eventually } from '../testing/control-plane-process.ts'
import { type Random, randomFrom } from '../testing/random.ts'
import { AgentLife } from './agent-life.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import type { Lab } from './lab.ts'
import { fillDisk, flood, killTmux } from './machine-faults.ts'
import { stallViewer } from './stalled-viewer.ts'
import { connect, type Person, Typist } from './typist.ts'
import { Watcher } from './watcher.ts'
import { wordFaults } from './word-faults.ts'

const settleMs = 30_000
const shownMs = 6_000
const longestWriteMs = 1_000
/** What the terminal had taken and its program not read when it was killed, is lost with it. */
const unreadMs = 500

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Plays a plan and gives all that was lost, doubled, moved, drawn otherwise or held up; empty when nothing was. */
export async function runScenario(lab: Lab, plan: FaultPlan): Promise<string[]> {
  lab.proxy.restart(randomFrom(plan.seed ^ 0x5eed))
  const scenario = new Scenario(lab, plan)
  try {
    return await scenario.run()
  } finally {
    scenario.close()
    lab.proxy.restart(randomFrom(plan.seed))
    await lab.repair()
    await lab.retire(scenario.machineId, scenario.session)
  }
}

class Scenario {
  readonly machineId: string
  readonly session: string
  readonly #lab: Lab
  readonly #plan: FaultPlan
  readonly #random: Random
  readonly #typists: readonly Typist[]
  readonly #watchers: readonly Watcher[]
  readonly #cures: (() => Promise<void> | void)[] = []
  #driving = 0
  /** One that is not answered yet is asked for again, and so may come after a later one. */
  readonly #takeOvers: (Promise<void> | undefined)[] = []
  #tmuxKilledAt: number | null = null
  #floodedAt: number | null = null

  constructor(lab: Lab, plan: FaultPlan) {
    const machineId = lab.machines.get(plan.substrate)
    if (machineId === undefined) throw new Error(`no machine on ${plan.substrate}`)
    this.machineId = machineId
    this.session = `lab-${plan.seed}`
    this.#lab = lab
    this.#plan = plan
    this.#random = randomFrom(plan.seed)
    const person = (transport: Person['transport']): Person => ({
      url: lab.proxy.url,
      apiKey: lab.apiKey,
      machineId,
      session: this.session,
      transport,
      random: this.#random,
    })
    this.#typists = plan.typists.map((transport, index) => new Typist('ab'.charAt(index), person(transport)))
    this.#watchers = [
      ...this.#typists.map(({ name, connection }) => new Watcher(name, connection)),
      ...plan.viewers.map(
        (transport, index) => new Watcher(`viewer ${index}`, connect(person(transport), { watch: true })),
      ),
    ]
  }

  async run(): Promise<string[]> {
    let life = new AgentLife(this.machineId, this.session, 1)
    await life.start(this.#plane, `lab-a`)
    for (const { connection } of this.#watchers) connection.start()
    await this.#settled()
    await Promise.all([this.#type(), this.#inflict()])
    this.#lab.proxy.heal()
    for (const cure of this.#cures.splice(0)) await cure()
    await this.#lab.repair()
    const faults: string[] = await this.#settled().then(() => [], asFault)
    const { typed, worstMs } = await life.kept(this.#plane)
    if (this.#tmuxKilledAt !== null) {
      life = new AgentLife(this.machineId, this.session, 2)
      await this.#drive((driver) => driver.connection.type(life.command))
      await life.stands(this.#plane)
    }
    await this.#drive((driver) => driver.connection.type('\x04'))
    const said = await life.ended(this.#plane)
    const { typed: finallyTyped } = await life.kept(this.#plane)
    faults.push(...wordFaults(life.number === 1 ? finallyTyped : typed, this.#typists, this.#unreadSince))
    const isFull = this.#plan.faults.some(({ fault }) => fault === 'fill-disk')
    if (worstMs > longestWriteMs && !isFull) faults.push(`the agent was held up for ${worstMs} ms`)
    faults.push(...(await this.#drawnOtherwise(said)))
    return faults
  }

  close(): void {
    for (const { connection } of this.#watchers) connection.close()
    for (const cure of this.#cures.splice(0)) void cure()
  }

  get #plane(): ControlPlaneProcess {
    return this.#lab.plane
  }

  async #type(): Promise<void> {
    const until = Date.now() + this.#plan.typedMs
    while (Date.now() < until && this.#tmuxKilledAt === null) {
      const other = this.#random.next() < 0.1
      this.#typists[other ? 1 - this.#driving : this.#driving]?.type()
      await pause(this.#random.between(1, 40))
    }
  }

  async #inflict(): Promise<void> {
    const began = Date.now()
    for (const { atMs, fault } of this.#plan.faults) {
      await pause(Math.max(0, began + atMs - Date.now()))
      await this.#inflictOne(fault)
    }
    await pause(Math.max(0, began + this.#plan.typedMs - Date.now()))
  }

  async #inflictOne(fault: Fault): Promise<void> {
    switch (fault) {
      case 'kill-instance':
        await this.#lab.kill(this.#random.between(0, 1))
        return
      case 'freeze-instance':
        this.#lab.freeze(this.#random.between(0, 1))
        return
      case 'kill-courier':
        await killTmux(this.machineId, this.session, 'courier')
        return
      case 'kill-tmux':
        this.#tmuxKilledAt = Date.now()
        await killTmux(this.machineId, this.session, 'server')
        return
      case 'fill-disk':
        this.#cures.push(await fillDisk(this.machineId))
        return
      case 'take-over':
        this.#driving = 1 - this.#driving
        this.#takeOvers.push(this.#typists[this.#driving]?.connection.takeOver().catch(() => undefined))
        return
      case 'stall-viewer':
        this.#cures.push(stallViewer(this.#plane, this.machineId, this.session))
        this.#floodedAt ??= Date.now()
        await flood(this.machineId, this.session)
        return
      default:
        this.#lab.proxy.inflict(fault)
    }
  }

  /** Everybody is connected and nothing is on its way. */
  async #settled(): Promise<void> {
    const unsettled = () => [
      ...this.#watchers.flatMap(({ name, connection: { state } }) =>
        state.state === 'live' ? [] : [`${name} is ${JSON.stringify(state)}`],
      ),
      ...this.#typists.flatMap(({ name, keysInFlight }) =>
        keysInFlight === 0 ? [] : [`${name} has ${keysInFlight} keys in flight`],
      ),
    ]
    await eventually('settled', async () => unsettled().length === 0, settleMs).catch(() => {
      throw new Error(unsettled().join(', '))
    })
  }

  /**
   * Does something as the driver, whoever that is to be. What is given back because the program is gone is done once
   * more: nobody may have noticed before that tmux was killed.
   */
  async #drive(act: (driver: Typist) => void, isFirst = this.#tmuxKilledAt !== null): Promise<void> {
    const driver = this.#typists[0]
    if (driver === undefined) throw new Error('nobody types')
    await Promise.all(this.#takeOvers)
    await driver.connection.takeOver()
    await this.#settled()
    const before = driver.givenBack.length
    act(driver)
    await this.#settled()
    const back = driver.givenBack.slice(before)
    if (back.length === 0) return
    if (isFirst && back.every(({ reason }) => reason === 'restarted')) return this.#drive(act, false)
    throw new Error(`given back after all was well: ${JSON.stringify(back)}`)
  }

  /** From when on the program may have been killed before it read what reached its terminal; null when it was not. */
  get #unreadSince(): number | null {
    if (this.#tmuxKilledAt === null) return null
    return Math.min(this.#tmuxKilledAt - unreadMs, this.#floodedAt ?? Number.POSITIVE_INFINITY)
  }

  async #drawnOtherwise(said: Uint8Array): Promise<string[]> {
    let differences: string[] = []
    await eventually(
      'the same screens',
      async () => {
        const found = await Promise.all(this.#watchers.map((watcher) => watcher.differences(said)))
        differences = found.flat()
        return differences.length === 0
      },
      shownMs,
    ).catch(() => undefined)
    return differences.slice(0, 8)
  }
}

function asFault(error: unknown): string[] {
  return [error instanceof Error ? error.message : String(error)]
}
