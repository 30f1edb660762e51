import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MachineStore } from './machine-store.ts'
import { machines } from './schema.ts'
import { aMachine } from './testing/a-machine.ts'
import { createTestClock, openTestDatabase, type TestDatabase } from './testing/open-test-database.ts'

const dayMs = 24 * 60 * 60 * 1000
let test: TestDatabase
let time = createTestClock()
let store: MachineStore

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.db.delete(machines)
  time = createTestClock()
  store = new MachineStore(test.database.db, time.clock)
})

describe('inserting', () => {
  it('keeps every field', async () => {
    const machine = aMachine({ labels: { team: 'a"b\\c' }, env: Buffer.from([0, 1, 255]), model: 'größe 🦊' })

    await store.insert(machine)

    const stamps = { createdAt: time.clock(), updatedAt: time.clock(), lastActivityAt: time.clock() }
    expect(await store.get(machine.id)).toMatchObject({ ...machine, ...stamps, destroyedAt: null })
  })

  it('says that a live machine has the name, and gives it free with destruction', async () => {
    const first = aMachine({ name: 'same' })
    await store.insert(first)

    expect(await store.insert(aMachine({ name: 'same' }))).toEqual({ outcome: 'name-taken' })
    expect(await store.insert(aMachine({ name: 'same', workspace: 'other' }))).toMatchObject({
      outcome: 'inserted',
    })

    await store.update(first.id, { state: 'destroyed' })
    expect(await store.insert(aMachine({ name: 'same' }))).toMatchObject({ outcome: 'inserted' })
  })

  it('makes one machine of many equal requests through two control planes', async () => {
    const other = new MachineStore((await test.openAnother()).db, time.clock)
    const request = aRequest()

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other).insert(aMachine(), request)),
    )

    expect(outcomes.filter(({ outcome }) => outcome === 'inserted')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(19)
    expect(new Set(outcomes.map((one) => ('machine' in one ? one.machine.id : ''))).size).toBe(1)
    expect((await store.list({ workspace: 'w', limit: 200 })).items).toHaveLength(1)
  })

  it('refuses the key with another body, but not to another principal or after a day', async () => {
    const request = aRequest()
    await store.insert(aMachine(), request)

    expect(await store.insert(aMachine(), { ...request, bodyHash: 'other' })).toEqual({ outcome: 'mismatch' })
    expect(await store.insert(aMachine(), { ...request, principal: 'p2' })).toMatchObject({
      outcome: 'inserted',
    })
    time.advance(dayMs + 1)
    expect(await store.insert(aMachine(), request)).toMatchObject({ outcome: 'inserted' })
  })

  it('takes no key for a machine whose name was taken', async () => {
    const request = aRequest()
    await store.insert(aMachine({ name: 'same' }))
    await store.insert(aMachine({ name: 'same' }), request)

    expect(await store.insert(aMachine({ name: 'free' }), request)).toMatchObject({ outcome: 'inserted' })
  })
})

describe('listing', () => {
  it('pages through all, newest first, also when many have the same time', async () => {
    const ids: string[] = []
    for (let index = 0; index < 7; index += 1) {
      if (index % 3 === 0) time.advance(1)
      const machine = aMachine()
      ids.push(machine.id)
      await store.insert(machine)
    }

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.list({ workspace: 'w', limit: 2, cursor })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)

    expect(seen).toHaveLength(7)
    expect(new Set(seen)).toEqual(new Set(ids))
    expect(seen[0]).toBe(ids[6])
  })

  it('shows destroyed machines on request, for 30 days', async () => {
    const { id } = aMachine()
    await store.insert(aMachine({ id }))
    await store.update(id, { state: 'destroyed' })

    expect((await store.list({ workspace: 'w', limit: 9 })).items).toEqual([])
    expect((await store.list({ workspace: 'w', limit: 9, includeDestroyed: true })).items).toHaveLength(1)
    time.advance(30 * dayMs)
    expect(await store.get(id)).toMatchObject({ state: 'destroyed' })
    time.advance(1)
    expect(await store.get(id)).toBeUndefined()
    expect((await store.list({ workspace: 'w', limit: 9, includeDestroyed: true })).items).toEqual([])

    await store.removeExpired()
    expect(await test.database.db.select().from(machines)).toEqual([])
  })
})

describe('changing', () => {
  it('happens only in an expected state', async () => {
    const machine = aMachine()
    await store.insert(machine)
    time.advance(5)

    expect(await store.update(machine.id, { state: 'ready' }, ['asleep'])).toBeUndefined()
    expect(await store.update(machine.id, { state: 'ready' }, ['provisioning'])).toMatchObject({
      state: 'ready',
      updatedAt: time.clock(),
      createdAt: new Date(time.clock().getTime() - 5),
    })
    expect(await store.update('nobody', { state: 'ready' })).toBeUndefined()
  })

  it('stores text that holds NUL characters', async () => {
    const machine = aMachine()
    await store.insert(machine)

    expect(await store.update(machine.id, { lastLine: 'a\0b', agent: agent('x\0y') })).toMatchObject({
      lastLine: 'ab',
      agent: agent('xy'),
    })
  })

  it('tells a taken name from a machine that is not there', async () => {
    const [one, two] = [aMachine({ name: 'one' }), aMachine({ name: 'two' })]
    await store.insert(one)
    await store.insert(two)

    expect(await store.rename(one.id, 'two')).toBe('name-taken')
    expect(await store.rename('nobody', 'three')).toBeUndefined()
    expect(await store.rename(one.id, 'three')).toMatchObject({ name: 'three' })
    expect(await store.getByName('w', 'three')).toMatchObject({ id: one.id })
  })

  it('keeps the time of destruction', async () => {
    const machine = aMachine()
    await store.insert(machine)
    const first = await store.update(machine.id, { state: 'destroyed' })
    time.advance(1000)

    expect((await store.update(machine.id, { state: 'destroyed' }))?.destroyedAt).toEqual(first?.destroyedAt)
  })

  it('writes the agent and the last line only when they are news', async () => {
    const machine = aMachine()
    await store.insert(machine)
    time.advance(1)
    await store.setSeen(machine.id, { agent: agent('a'), lastLine: 'line' })
    const written = await store.get(machine.id)
    time.advance(1)

    await store.setSeen(machine.id, { agent: agent('a'), lastLine: 'line' })
    await store.setSeen(machine.id, { agent: agent('a') })
    expect(await store.get(machine.id)).toEqual(written)

    await store.setSeen(machine.id, { agent: agent('a'), lastLine: null })
    await store.setSeen(machine.id, { agent: null })
    expect(await store.get(machine.id)).toMatchObject({
      agent: null,
      lastLine: null,
      updatedAt: time.clock(),
    })
  })

  it('notes activity at most every five seconds', async () => {
    const machine = aMachine()
    await store.insert(machine)
    const start = time.clock()

    time.advance(5000)
    await store.touchActivity(machine.id)
    expect((await store.get(machine.id))?.lastActivityAt).toEqual(start)

    time.advance(1)
    await store.touchActivity(machine.id)
    expect((await store.get(machine.id))?.lastActivityAt).toEqual(time.clock())
  })
})

describe('reconciling', () => {
  it.each([
    ['provisioning', 'ready', true],
    ['bootstrapping', 'ready', true],
    ['waking', 'ready', true],
    ['destroying', 'destroyed', true],
    ['ready', 'ready', false],
    ['ready', 'asleep', true],
    ['ready', 'destroyed', true],
    ['asleep', 'asleep', false],
    ['asleep', 'ready', true],
    ['unknown', 'ready', true],
    ['failed', 'ready', false],
    ['failed', 'destroyed', true],
    ['destroyed', 'destroyed', false],
  ] as const)('%s on the way to %s: %s', async (state, target, listed) => {
    await store.insert(aMachine({ state, target }))

    expect(await store.listForReconcile()).toHaveLength(listed ? 1 : 0)
  })
})

describe('setting up again', () => {
  const bootstrap = { state: 'done' as const, phases: [] }

  it.each([
    ['ready', 'bootstrapping', 'pending'],
    ['asleep', 'asleep', 'pending'],
    ['waking', 'waking', 'pending'],
    ['bootstrapping', 'bootstrapping', 'done'],
  ] as const)('makes of a machine that is %s one that is %s', async (state, after, then) => {
    const machine = aMachine({ state, bootstrap })
    await store.insert(machine)

    await store.setUpAgain(machine.id)

    expect(await store.get(machine.id)).toMatchObject({
      state: after,
      setup: 1,
      bootstrap: { state: then, phases: [] },
    })
  })

  it.each(['failed', 'destroying', 'destroyed'] as const)('leaves one that is %s', async (state) => {
    const machine = aMachine({ state, bootstrap })
    await store.insert(machine)

    await store.setUpAgain(machine.id)

    expect(await store.get(machine.id)).toMatchObject({ state, setup: 0, bootstrap })
  })

  it('goes with the change that asks for it, in whose state the machine is where that says one', async () => {
    const machine = aMachine({ state: 'ready', bootstrap })
    await store.insert(machine)

    await store.update(machine.id, { model: 'another', isSetUpAnew: true })
    await store.update(machine.id, { name: 'renamed' })

    expect(await store.get(machine.id)).toMatchObject({
      model: 'another',
      name: 'renamed',
      setup: 1,
      state: 'bootstrapping',
      bootstrap: { state: 'pending' },
    })
    await store.update(machine.id, { state: 'failed' })
    await store.update(machine.id, { state: 'bootstrapping', isSetUpAnew: true })
    expect(await store.get(machine.id)).toMatchObject({ setup: 2, state: 'bootstrapping' })
  })
})

function aRequest() {
  return { principal: 'p', key: randomUUID(), bodyHash: 'hash' }
}

function agent(detail: string) {
  return { state: 'waiting' as const, since: '2030-01-01T00:00:00Z', source: 'session-file', detail }
}
