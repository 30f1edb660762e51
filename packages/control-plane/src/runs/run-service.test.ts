import { AgentMachinesError, createRunSchema } from '@agent-machines/core'
import type { RuntimeRecipe } from '@agent-machines/runtimes'
import { expect, it } from 'vitest'
import type { MachineRow } from '../store/machine-store.ts'
import type { NewRun, RunRow, RunStore } from '../store/run-store.ts'
import { RunService } from './run-service.ts'

const body = createRunSchema.parse({ task: 'a task' })
const request = { machineId: 'm1', body, principal: 'p', idempotencyKey: null }

it('accepts a run with the defaults, and has it looked at', async () => {
  const { service, kicked } = aService()

  const run = await service.create(request)

  expect(run).toMatchObject({ id: 'r1', state: 'starting', permissions: 'configured', timeoutMs: 3_600_000 })
  expect(kicked).toEqual(['r1'])
})

it.each([
  ['asleep', 'MACHINE_ASLEEP'],
  ['bootstrapping', 'MACHINE_NOT_READY'],
  ['destroyed', 'MACHINE_DESTROYED'],
] as const)('refuses a run while its machine is %s', async (state, code) => {
  const { service, rows } = aService({ state })

  await expect(service.create(request)).rejects.toMatchObject({ code })
  expect(rows).toEqual([])
})

it('refuses a run whose models nobody can reach, before anything is written', async () => {
  const { service, rows } = aService({}, new AgentMachinesError('GATE_BLOCKED', 'no key'))

  await expect(service.create(request)).rejects.toMatchObject({ code: 'GATE_BLOCKED' })
  expect(rows).toEqual([])
})

it('refuses what the runtime cannot do', async () => {
  await expect(aService({ runtime: 'mute' }).service.create(request)).rejects.toMatchObject({
    code: 'CAPABILITY_UNSUPPORTED',
    details: { capability: 'runs' },
  })
})

it('takes a budget where it knows what the model costs', async () => {
  const create = (machine: Partial<MachineRow>, model?: string) =>
    aService(machine).service.create({
      ...request,
      body: { ...body, budgetUsd: 1, ...(model ? { model } : {}) },
    })
  const refusal = { code: 'CAPABILITY_UNSUPPORTED', details: { capability: 'budget' } }

  expect(await create({ upstream: 'openai', model: 'gpt-6-sol' })).toMatchObject({ budgetUsd: 1 })
  await expect(create({ upstream: 'openai', model: 'gpt-6-sol' }, 'unheard-of')).rejects.toMatchObject(
    refusal,
  )
  await expect(create({ upstream: 'openai', model: null })).rejects.toMatchObject(refusal)
  await expect(create({ upstream: 'custom', model: 'gpt-6-sol' })).rejects.toMatchObject(refusal)
})

it('goes on with the last conversation, and begins one where there is none', async () => {
  const { service, rows } = aService()
  const chat = { ...request, body: createRunSchema.parse({ task: 'hi', origin: 'chat', session: 'latest' }) }
  await service.create(chat)
  expect(rows[0]).toMatchObject({ origin: 'chat', resumedSession: null })

  await expect(service.create(chat)).rejects.toMatchObject({ code: 'SESSION_BUSY', details: { runId: 'r1' } })

  Object.assign(rows[0] ?? {}, { session: 's-1' })
  await service.create(chat)
  expect(rows[1]).toMatchObject({ resumedSession: 's-1' })
})

it.each([
  ['a message of a new conversation', { origin: 'chat' }, 'gateway'],
  ['a message of a conversation that the gateway holds', { origin: 'chat', session: 'gateway-1' }, 'gateway'],
  ['a message of another one', { origin: 'chat', session: 's-1' }, 'one-shot'],
  ['a message that may do everything', { origin: 'chat', permissions: 'all' }, 'one-shot'],
  ['a message to another model', { origin: 'chat', model: 'other' }, 'one-shot'],
  ['a run', {}, 'one-shot'],
] as const)('on a machine with a gateway, %s', async (_, asked, via) => {
  const { service } = aService({ gateway: true })

  expect(await service.create({ ...request, body: { ...body, ...asked } })).toMatchObject({ via })
})

it('starts no agent of its own in a conversation that the gateway holds alone, as long as it runs', async () => {
  const chat = { ...body, origin: 'chat', session: 'gateway-1', permissions: 'all' } as const
  const { service, rows, machine } = aService({ gateway: true })

  await expect(service.create({ ...request, body: chat })).rejects.toMatchObject({
    code: 'CAPABILITY_UNSUPPORTED',
    details: { capability: 'one-shot' },
  })
  expect(rows).toEqual([])
  machine.gateway = false
  expect(await service.create({ ...request, body: chat })).toMatchObject({ via: 'one-shot' })
})

it('answers a repeated request also when the machine sleeps by now', async () => {
  const { service, machine } = aService()
  const repeated = { ...request, idempotencyKey: 'k' }
  const first = await service.create(repeated)
  machine.state = 'asleep'

  expect((await service.create(repeated)).id).toBe(first.id)
})

it('knows no run of another machine', async () => {
  const { service, rows } = aService()
  await service.create(request)
  Object.assign(rows[0] ?? {}, { machineId: 'm2' })

  await expect(service.get('m1', 'r1')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
})

it('cancels a run that goes on, and leaves one that is over', async () => {
  const { service, rows, cancelled } = aService()
  await service.create(request)

  expect(await service.cancel('m1', 'r1')).toMatchObject({ cancelRequested: true })
  Object.assign(rows[0] ?? {}, { state: 'cancelled' })
  expect((await service.cancel('m1', 'r1')).state).toBe('cancelled')
  expect(cancelled).toEqual(['r1'])
})

const gateway = { holds: (session: string) => session.startsWith('gateway-'), holdsAlone: true }

function aService(changes: Partial<MachineRow> = {}, refusal: AgentMachinesError | null = null) {
  const machine = { id: 'm1', workspace: 'w', state: 'ready', runtime: 'able', ...changes } as MachineRow
  const [rows, kicked, cancelled]: [RunRow[], string[], string[]] = [[], [], []]
  const service = new RunService({
    runs: inMemory(rows),
    access: { get: async () => machine },
    catalogue: {
      isListPriced: (upstream) => upstream === 'openai',
      recipe: (id) =>
        ({
          manifest: { label: id },
          ...(id === 'able' ? { headless: { budget: 'usage' }, gateway } : {}),
        }) as unknown as RuntimeRecipe,
    },
    bootstraps: {
      agentOf: async () => {
        if (refusal) throw refusal
        return { context: {} as never, secrets: [] }
      },
    },
    keeper: { kick: (id) => void kicked.push(id), cancel: async ({ id }) => void cancelled.push(id) },
    newId: () => 'r1',
  })
  return { service, machine, rows, kicked, cancelled }
}

function inMemory(rows: RunRow[]): RunStore {
  const keys = new Map<string, RunRow>()
  const store: Pick<RunStore, 'insert' | 'repeated' | 'latest' | 'get' | 'requestCancel'> = {
    async insert(run: NewRun, asked) {
      const row = {
        ...run,
        state: 'starting',
        session: null,
        createdAt: new Date(0),
        cancelRequestedAt: null,
      } as RunRow
      rows.push(row)
      if (asked) keys.set(asked.key, row)
      return { outcome: 'inserted', run: row }
    },
    async repeated({ key }) {
      const run = keys.get(key)
      return run ? { outcome: 'repeated', run } : null
    },
    latest: async (_machineId, origin) => rows.findLast((row) => row.origin === origin),
    get: async (id) => rows.find((row) => row.id === id),
    async requestCancel(id) {
      for (const row of rows) if (row.id === id) row.cancelRequestedAt = new Date(0)
    },
  }
  return store as RunStore
}
