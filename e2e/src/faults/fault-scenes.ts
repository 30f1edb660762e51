import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CreateMachine } from '@agent-machines/core'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'
import type { Random } from '../testing/random.ts'
import { digestOf, openTypingConsole, startReader } from '../testing/typing-console.ts'

export interface SceneContext {
  /** The one that runs now. */
  plane(): ControlPlaneProcess
  readonly random: Random
  readonly newId: () => string
}

/** Something that is under way when the control plane is killed. */
export interface FaultScene {
  readonly name: string
  begin(context: SceneContext): Promise<SceneRun>
}

export interface SceneRun {
  /** Resolves when to kill, with words for that moment. */
  untilMoment(): Promise<string>
  /** After the next start: what did not go on as it should. */
  check(): Promise<string[]>
}

const phases = ['system', 'workspace', 'configuration', 'console']

export const faultScenes: readonly FaultScene[] = [
  { name: 'provisioning', begin: beginProvisioning },
  ...phases.map((phase) => ({
    name: `bootstrap phase ${phase}`,
    begin: (context: SceneContext) => beginBootstrap(context, phase),
  })),
  { name: 'typing', begin: beginTyping },
  { name: 'database writes', begin: beginWrites },
  { name: 'sleeping and waking', begin: beginSleeping },
  { name: 'destroying', begin: beginDestroying },
]

/** Downloads an agent each time; for runs that have the time. */
export const installingScene: FaultScene = { name: 'installing an agent', begin: beginInstalling }

/** Several machines are asked for at once; the same requests again must give the same machines. */
async function beginProvisioning({ plane, random, newId }: SceneContext): Promise<SceneRun> {
  const wanted = Array.from({ length: 3 }, () => ({ key: newId(), name: `m-${newId().slice(0, 8)}` }))
  const ask = ({ key, name }: { key: string; name: string }) =>
    plane().client.machines.create({ ...shell, name }, { idempotencyKey: key })
  for (const each of wanted) ask(each).catch(() => undefined)
  return {
    untilMoment: () => after(random.between(0, 150)),
    async check() {
      const machines = await Promise.all(wanted.map(ask))
      const ready = await Promise.all(machines.map(({ id }) => untilState(plane(), id, ['ready'])))
      const { items } = await plane().client.machines.list({ limit: 200 })
      const names = items.map(({ name }) => name)
      return [
        ...wanted.filter(({ name }) => names.filter((each) => each === name).length !== 1).map(lostOrTwice),
        ...(await answersOf(
          plane(),
          ready.map(({ id }) => id),
        )),
      ]
    },
  }
}

/** One machine is in a phase of its bootstrap, or has just left it. */
async function beginBootstrap({ plane, random }: SceneContext, phase: string): Promise<SceneRun> {
  const { id } = await plane().client.machines.create(shell)
  return {
    async untilMoment() {
      await atPhase(plane(), id, phase)
      return after(random.between(0, 8))
    },
    async check() {
      const { bootstrap } = await untilState(plane(), id, ['ready'])
      const undone = bootstrap.phases
        .filter(({ state }) => state !== 'done')
        .map(({ id }) => `${id} is not done`)
      return [...undone, ...(await answersOf(plane(), [id]))]
    },
  }
}

/** Random bytes are typed all the while. */
async function beginTyping({ plane, random }: SceneContext): Promise<SceneRun> {
  const { id: machineId } = await deployMachine(plane())
  const { url: baseUrl, apiKey } = plane()
  const console = await openTypingConsole({ baseUrl, apiKey, machineId, transport: 'ws', random })
  const bytes = random.bytes(2000)
  const reader = await startReader(plane, machineId, console.connection, bytes.length)
  const typed = console.typeOneByOne(bytes, 16)
  return {
    untilMoment: () => after(random.between(0, 600)),
    async check() {
      try {
        await typed
        await reader.ended()
        const received = await reader.received()
        const isExact = received.digest === digestOf(bytes).digest
        return [
          ...(isExact ? [] : [`typed ${bytes.length} bytes, ${received.size} arrived, or others`]),
          ...console.undelivered.map(() => 'keys came back as undelivered'),
        ]
      } finally {
        console.connection.close()
      }
    },
  }
}

/** A label is counted up and a credential replaced; what was answered must still be there. */
async function beginWrites({ plane, random }: SceneContext): Promise<SceneRun> {
  const { id } = await deployMachine(plane())
  const answered = { label: 0, credential: '' }
  const before = plane()
  const write = async () => {
    for (let count = 1; ; count += 1) {
      await before.client.machines.patch(id, { labels: { count: String(count) } })
      answered.label = count
      const value = `sk-test-${String(count).padStart(8, '0')}`
      await before.client.credentials.put('openai', { value })
      answered.credential = value.slice(-4)
    }
  }
  write().catch(() => undefined)
  return {
    untilMoment: () => after(random.between(20, 300)),
    async check() {
      const { labels } = await plane().client.machines.get(id)
      const { items } = await plane().client.credentials.list()
      const last4 = items.find(({ name }) => name === 'openai')?.last4 ?? ''
      const next = String(Number(answered.credential) + 1).padStart(4, '0')
      return [
        ...([0, 1].includes(Number(labels.count) - answered.label)
          ? []
          : [`label ${labels.count} after ${answered.label}`]),
        ...([answered.credential, next].includes(last4) ? [] : [`key ${last4} after ${answered.credential}`]),
        ...(await answersOf(plane(), [id])),
      ]
    },
  }
}

/** A machine is put to sleep and woken over and over; afterwards it must wake. */
async function beginSleeping({ plane, random }: SceneContext): Promise<SceneRun> {
  const { id, capabilities } = await deployMachine(plane())
  const { machines } = plane().client
  const before = plane()
  const nap = async () => {
    while (capabilities.sleep) {
      await machines.sleep(id)
      await untilState(before, id, ['asleep'])
      if (plane() !== before) return
      await machines.wake(id)
      await untilState(before, id, ['ready'])
      if (plane() !== before) return
    }
  }
  nap().catch(() => undefined)
  return {
    untilMoment: () => after(random.between(0, 400)),
    async check() {
      // What was asked for last is still brought about first.
      await untilState(plane(), id, ['ready', 'asleep'])
      await plane().client.machines.wake(id)
      await untilState(plane(), id, ['ready'])
      return answersOf(plane(), [id])
    },
  }
}

/** An agent that no machine has yet is downloaded into the place that machines share. */
async function beginInstalling({ plane, random }: SceneContext): Promise<SceneRun> {
  const runtimes = join(plane().data, 'runtimes')
  await rm(join(runtimes, 'claude-code'), { recursive: true, force: true })
  const { id } = await plane().client.machines.create({ runtime: 'claude-code', substrate: 'local' })
  return {
    async untilMoment() {
      await atPhase(plane(), id, 'runtime')
      return after(random.between(0, 6000))
    },
    async check() {
      await untilState(plane(), id, ['ready'], 180_000)
      const halves = (await readdir(runtimes, { recursive: true })).filter((name) =>
        /(^|\/)\.partial/.test(name),
      )
      return [...halves.map((name) => `runtimes/${name} is left`), ...(await answersOf(plane(), [id]))]
    },
  }
}

/** A machine goes away; it must be gone in the end. */
async function beginDestroying({ plane, random }: SceneContext): Promise<SceneRun> {
  const { id } = await deployMachine(plane())
  plane()
    .client.machines.destroy(id)
    .catch(() => undefined)
  return {
    untilMoment: () => after(random.between(0, 120)),
    async check() {
      const { state } = await plane().client.machines.get(id)
      if (state !== 'ready') await untilState(plane(), id, ['destroyed'])
      return []
    },
  }
}

async function atPhase(plane: ControlPlaneProcess, id: string, phase: string): Promise<void> {
  for await (const event of plane.client.machines.bootstrapStream(id)) {
    if (event.event === 'phase' && event.phase.id === phase && event.phase.state !== 'pending') return
  }
}

const shell = { runtime: 'shell', substrate: 'local' } satisfies CreateMachine

async function after(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return `after ${ms} ms`
}

function lostOrTwice({ name }: { name: string }): string {
  return `${name} was lost, or made twice`
}

/** Those of the machines that don't answer a command or have no console. */
async function answersOf(plane: ControlPlaneProcess, ids: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    ids.map(async (id) => {
      const said = await outputOf(plane, id, 'cd work && echo here')
      const { epoch } = await plane.client.console.open(id, { cols: 80, rows: 24 })
      return said === 'here' && epoch !== ''
    }),
  )
  return answers.flatMap((answer, index) => (answer ? [] : [`${ids[index]} does not answer`]))
}
