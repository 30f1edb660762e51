import { randomUUID } from 'node:crypto'
import type { RunEvent } from '@agent-machines/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { MachineStore } from './machine-store.ts'
import { type NewRun, RunStore } from './run-store.ts'
import { machines } from './schema.ts'
import { aMachine } from './testing/a-machine.ts'
import { createTestClock, openTestDatabase, type TestDatabase } from './testing/open-test-database.ts'

let test: TestDatabase
let time = createTestClock()
let store: RunStore
let machineId: string

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.db.delete(machines)
  time = createTestClock()
  store = new RunStore(test.database.db, time.clock)
  const machine = aMachine()
  machineId = machine.id
  await new MachineStore(test.database.db, time.clock).insert(machine)
})

it('makes one run of many equal requests through two control planes', async () => {
  const other = new RunStore((await test.openAnother()).db, time.clock)
  const request = { principal: 'p', key: randomUUID(), bodyHash: 'h' }

  const made = await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).insert(aRun(), request)),
  )

  expect(made.filter(({ outcome }) => outcome === 'inserted')).toHaveLength(1)
  expect(new Set(made.map((one) => ('run' in one ? one.run.id : ''))).size).toBe(1)
  expect(await store.insert(aRun(), { ...request, bodyHash: 'other' })).toEqual({ outcome: 'mismatch' })
  expect(await store.repeated(request)).toMatchObject({ outcome: 'repeated', run: { machineId } })
})

it('keeps events in their order and notes what they say about the run', async () => {
  const { id } = await insertRun()
  const usage = {
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 3,
    cacheWriteTokens: 4,
    costUsd: 0.1,
    costSource: 'runtime',
  } as const

  await store.append(id, 0, [
    { event: 'session', data: { session: 's-1', model: 'm-1' } },
    { ...message('of a helper\0', 'call-1'), truncated: true },
  ])
  await store.append(id, 2, [message('the answer'), { event: 'usage', data: usage }])
  await store.append(id, 4, [
    { event: 'end', data: { state: 'done', detail: null, exitCode: 0, cause: null } },
  ])

  expect(await store.get(id)).toMatchObject({
    state: 'done',
    session: 's-1',
    model: 'm-1',
    result: 'the answer',
    usage,
    exitCode: 0,
    lastSeq: 5,
    endedAt: time.clock(),
  })
  const at = time.clock().toISOString()
  expect(await store.eventsAfter(id, 1, 2)).toEqual([
    { seq: 2, at, truncated: true, ...message('of a helper', 'call-1') },
    { seq: 3, at, ...message('the answer') },
  ])
})

it('adds nothing where another event is stored, and nothing to a run that is over', async () => {
  const { id } = await insertRun()
  const added = await Promise.all(['a', 'b', 'c'].map((text) => store.append(id, 0, [message(text)])))
  await store.append(id, 1, [
    { event: 'end', data: { state: 'failed', detail: 'x', exitCode: null, cause: null } },
  ])

  expect(added.filter(Boolean)).toHaveLength(1)
  expect(await store.append(id, 2, [message('late')])).toBe(false)
  expect(await store.eventsAfter(id, 0, 10)).toHaveLength(2)
})

it('lists what is not over, and the runs of a machine newest first, page by page', async () => {
  const ids: string[] = []
  for (let count = 0; count < 3; count++) {
    ids.unshift((await insertRun()).id)
    time.advance(1000)
  }
  await store.append(ids[0] ?? '', 0, [
    { event: 'end', data: { state: 'done', detail: null, exitCode: 0, cause: null } },
  ])

  const first = await store.list(machineId, { limit: 2 })
  const second = await store.list(machineId, { limit: 2, cursor: first.nextCursor ?? '' })

  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
  expect(second.nextCursor).toBeNull()
  expect((await store.listActive()).map(({ id }) => id)).toEqual(ids.slice(1).reverse())
})

it('lets one run at a time go on in a conversation, asked through two control planes at once', async () => {
  const other = new RunStore((await test.openAnother()).db, time.clock)
  const run = () => ({ ...aRun(), resumedSession: 's-1' })

  const made = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => (index % 2 ? store : other).insert(run())),
  )

  const [first] = (await store.list(machineId, { limit: 9, session: 's-1' })).items
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(refused).toHaveLength(7)
  expect(refused[0]).toMatchObject({ code: 'SESSION_BUSY', details: { runId: first?.id } })
  await insertRun({ resumedSession: 's-2' })
  await store.append(first?.id ?? '', 0, [ended])
  await insertRun({ resumedSession: 's-1' })
})

it('knows the runs of a conversation, and the last one of each origin', async () => {
  const chat = await insertRun({ origin: 'chat' })
  time.advance(1000)
  expect((await store.latest(machineId, 'chat'))?.id).toBe(chat.id)
  await store.append(chat.id, 0, [{ event: 'session', data: { session: 's-1', model: null } }, ended])
  const next = await insertRun({ origin: 'chat', resumedSession: 's-1' })
  await store.append(next.id, 0, [ended])
  time.advance(1000)
  const other = await insertRun()
  const failed = await insertRun({ origin: 'chat' })
  await store.append(failed.id, 0, [ended])

  const found = await store.list(machineId, { limit: 9, session: 's-1' })
  expect(found.items.map(({ id }) => id)).toEqual([next.id, chat.id])
  const runs = await store.list(machineId, { limit: 9, origin: 'run' })
  expect(runs.items.map(({ id }) => id)).toEqual([other.id])
  expect((await store.latest(machineId, 'chat'))?.id).toBe(next.id)
})

it('notes the first wish to cancel, and none for a run that is over', async () => {
  const { id } = await insertRun()
  await store.requestCancel(id)
  const first = (await store.get(id))?.cancelRequestedAt
  time.advance(1000)
  await store.requestCancel(id)

  expect((await store.get(id))?.cancelRequestedAt).toEqual(first)
})

const ended: RunEvent = { event: 'end', data: { state: 'done', detail: null, exitCode: 0, cause: null } }

function message(text: string, parent?: string): RunEvent {
  return { event: 'message', data: { text, ...(parent === undefined ? {} : { parent }) } }
}

async function insertRun(changes: Partial<NewRun> = {}) {
  const made = await store.insert({ ...aRun(), ...changes })
  if (made.outcome !== 'inserted') throw new Error('no run was made')
  return made.run
}

function aRun(): NewRun {
  return {
    id: randomUUID(),
    workspace: 'w',
    machineId,
    task: 'a task',
    origin: 'run',
    via: 'one-shot',
    model: null,
    resumedSession: null,
    permissions: 'configured',
    timeoutMs: 1000,
    budgetUsd: null,
  }
}
