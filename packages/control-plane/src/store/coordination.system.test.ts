import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from './database.ts'
import { InstallationStore } from './installation-store.ts'
import { MachineChanges } from './machine-changes.ts'
import { MachineLocks } from './machine-locks.ts'
import { isDatabaseAway } from './postgres-errors.ts'
import { eventually, openTestDatabase, type TestDatabase } from './testing/open-test-database.ts'

let test: TestDatabase
let other: Database

beforeAll(async () => {
  test = await openTestDatabase()
  other = await test.openAnother()
})
afterAll(() => test.close())

describe('MachineLocks', () => {
  it('let one worker in at a time, across two control planes and within each', async () => {
    const locks = [new MachineLocks(test.database.createClient), new MachineLocks(other.createClient)]
    const machine = randomUUID()
    let inside = 0
    let most = 0
    let done = 0

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        locks[index % 2]?.withMachineLock(machine, async () => {
          inside += 1
          most = Math.max(most, inside)
          await new Promise((resolve) => setImmediate(resolve))
          inside -= 1
          done += 1
        }),
      ),
    )

    expect({ most, done }).toEqual({ most: 1, done: 20 })
    await Promise.all(locks.map((each) => each.close()))
  })

  it('do not keep workers of different machines apart', async () => {
    const locks = new MachineLocks(test.database.createClient)

    const value = await locks.withMachineLock('one', () => locks.withMachineLock('two', async () => 'both'))

    expect(value).toBe('both')
    await locks.close()
  })

  it('are free again after work that failed', async () => {
    const locks = new MachineLocks(test.database.createClient)

    await expect(locks.withMachineLock('m', () => Promise.reject(new Error('no')))).rejects.toThrowError('no')

    expect(await locks.tryMachineLock('m', async () => 1)).toEqual({ acquired: true, value: 1 })
    await locks.close()
  })

  it('can be tried without waiting, and waited for with an end', async () => {
    const [mine, theirs] = [
      new MachineLocks(test.database.createClient),
      new MachineLocks(other.createClient),
    ]

    await mine.withMachineLock('m', async () => {
      expect(await mine.tryMachineLock('m', async () => 1)).toEqual({ acquired: false })
      expect(await theirs.tryMachineLock('m', async () => 1)).toEqual({ acquired: false })
      const waiting = theirs.withMachineLock('m', async () => 1, AbortSignal.timeout(30))
      await expect(waiting).rejects.toThrowError()
    })

    expect(await theirs.tryMachineLock('m', async () => 1)).toEqual({ acquired: true, value: 1 })
    await Promise.all([mine.close(), theirs.close()])
  })

  it('tell their worker when the connection is lost, and work again afterwards', async () => {
    const locks = new MachineLocks(test.database.createClient)

    await locks.withMachineLock('m', async (signal) => {
      await cutConnections('pg_try_advisory_lock')
      await eventually(() => signal.aborted)
      expect(signal.reason).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    })

    // A server process says that it ends before it gives its locks back.
    await eventually(async () => (await locks.tryMachineLock('m', async () => 2)).acquired)
    await locks.close()
  })
})

describe('MachineChanges', () => {
  it('hear of inserts and real updates by another control plane, and go on after a lost connection', async () => {
    const heard: string[] = []
    let missed = 0
    const changes = new MachineChanges({ createClient: other.createClient })
    await changes.start()
    const unsubscribe = changes.subscribe(
      (id) => heard.push(id),
      () => {
        missed += 1
      },
    )

    await insertMachine('one')
    await eventually(() => heard.includes('one'))
    await cutConnections('listen')
    await eventually(() => missed === 1)
    await test.database.db.execute(sql`update machines set state = state where id = 'one'`)
    await test.database.db.execute(sql`update machines set state = 'asleep' where id = 'one'`)
    await insertMachine('two')
    await eventually(() => heard.includes('two'))

    expect(heard).toEqual(['one', 'one', 'two'])
    unsubscribe()
    await changes.close()
  })
})

describe('Database', () => {
  it('goes on after the server was killed and restarted by its keeper', async () => {
    const before = test.server.pid
    process.kill(before, 'SIGKILL')

    await eventually(() => test.server.pid !== before)
    await eventually(() =>
      test.database.ping().then(
        () => true,
        () => false,
      ),
    )

    expect((await other.db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }])
  })

  it('says which database does not answer', async () => {
    const opening = openDatabase({ connection: { host: '/nowhere', port: 5432 } })

    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })

  it('never repeats an address that cannot be read', async () => {
    const connectionString = 'postgres://user:s3cret@host:port/name'

    const refusal: unknown = await openDatabase({ connection: { connectionString } }).catch((error) => error)

    expect(refusal).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    expect(inspect(refusal)).not.toContain('s3cret')
  })

  it('tells a query that found no server from one that was wrong', async () => {
    const database = await test.openAnother()
    const wrong: unknown = await database.db.execute(sql`select nonsense`).catch((error) => error)
    const cut: unknown = await database.db
      .execute(sql`select pg_terminate_backend(pg_backend_pid())`)
      .catch((error) => error)

    expect(isDatabaseAway(wrong)).toBe(false)
    expect(isDatabaseAway(cut)).toBe(true)
    expect(isDatabaseAway(Object.assign(new Error('no file'), { code: 'ENOENT' }))).toBe(false)
  })
})

describe('InstallationStore', () => {
  it('gives every control plane the same instance id', async () => {
    const ids = await Promise.all(
      [test.database, other, test.database].map(({ db }) =>
        new InstallationStore(db, randomUUID).instanceId(),
      ),
    )

    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/)
  })
})

/** Ends every connection whose last statement contains `text`, from the server's side. */
async function cutConnections(text: string): Promise<void> {
  await test.database.db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where query like ${`%${text}%`} and pid <> pg_backend_pid()`,
  )
}

async function insertMachine(id: string): Promise<void> {
  await test.database.db.execute(sql`
    insert into machines (id, workspace, name, runtime, substrate, state, target, home, isolation, network,
      capabilities, bootstrap, created_at, updated_at, last_activity_at)
    values (${id}, 'w', ${id}, 'shell', 'local', 'ready', 'ready', '/home/agent', 'none', 'shared-host',
      '{}', '{}', now(), now(), now())`)
}
