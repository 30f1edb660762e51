import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, QueryResult, QueryResultRow } from 'pg'
import { databaseUnavailable } from './postgres-errors.ts'

/** Runs while the lock is held; `signal` aborts when it is lost with the connection. */
export type LockedWork<T> = (signal: AbortSignal) => Promise<T>

export type TryLockOutcome<T> = { readonly acquired: false } | { readonly acquired: true; readonly value: T }

/** One connection that holds locks, and what runs under them. */
interface LockSession {
  readonly client: Client
  readonly held: Set<AbortController>
  /** The last query; the connection takes one at a time. */
  last: Promise<unknown>
}

/**
 * One worker per machine at a time, among all control planes on the database.
 *
 * Locks belong to a connection: they end with the process that holds them, however it ends. They do not
 * nest: work that asks for its own machine's lock waits for ever.
 */
export class MachineLocks {
  readonly #createClient: () => Client
  readonly #queues = new Map<string, Promise<unknown>>()
  #session: Promise<LockSession> | undefined

  constructor(createClient: () => Client) {
    this.#createClient = createClient
  }

  /** Waits for its turn; rejects with the signal's reason when `signal` aborts the wait. */
  async withMachineLock<T>(machineId: string, work: LockedWork<T>, signal?: AbortSignal): Promise<T> {
    return await this.#inTurn(machineId, async () => {
      const key = lockKeyOf(machineId)
      for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 250)) {
        signal?.throwIfAborted()
        const outcome = await this.#attempt(key, work)
        if (outcome.acquired) return outcome.value
        await delay(waitMs, undefined, signal === undefined ? {} : { signal })
      }
    })
  }

  /** Does nothing when anybody holds or awaits the lock. */
  async tryMachineLock<T>(machineId: string, work: LockedWork<T>): Promise<TryLockOutcome<T>> {
    if (this.#queues.has(machineId)) return { acquired: false }
    return await this.#inTurn(machineId, () => this.#attempt(lockKeyOf(machineId), work))
  }

  /** Gives up every lock that is still held. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    this.#session = undefined
    await session?.client.end()
  }

  async #inTurn<T>(machineId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(machineId) ?? Promise.resolve()
    const turn = before.then(work, work)
    // The queue only needs to know that the turn is over; its outcome goes to the caller.
    const over = turn.then(
      () => undefined,
      () => undefined,
    )
    this.#queues.set(machineId, over)
    try {
      return await turn
    } finally {
      if (this.#queues.get(machineId) === over) this.#queues.delete(machineId)
    }
  }

  async #attempt<T>(key: string, work: LockedWork<T>): Promise<TryLockOutcome<T>> {
    const session = await this.#connected()
    if (!(await tryLock(session, key))) return { acquired: false }
    const lost = new AbortController()
    session.held.add(lost)
    try {
      return { acquired: true, value: await work(lost.signal) }
    } finally {
      session.held.delete(lost)
      if (!lost.signal.aborted) await unlock(session, key)
    }
  }

  #connected(): Promise<LockSession> {
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = undefined
      throw databaseUnavailable(error)
    })
    return this.#session
  }

  async #connect(): Promise<LockSession> {
    const session: LockSession = { client: this.#createClient(), held: new Set(), last: Promise.resolve() }
    let lost = false
    const onLost = (error: unknown) => {
      if (lost) return
      lost = true
      this.#session = undefined
      for (const lock of session.held) lock.abort(databaseUnavailable(error))
    }
    session.client.on('error', onLost)
    session.client.on('end', () => onLost(new Error('the connection ended')))
    await session.client.connect()
    return session
  }
}

async function tryLock(session: LockSession, key: string): Promise<boolean> {
  try {
    const { rows } = await queryInTurn<{ locked: boolean }>(
      session,
      'select pg_try_advisory_lock($1::bigint) as locked',
      key,
    )
    return rows[0]?.locked === true
  } catch (error) {
    throw databaseUnavailable(error)
  }
}

/** A connection that fails here takes its locks with it, which is what was wanted. */
async function unlock(session: LockSession, key: string): Promise<void> {
  await queryInTurn(session, 'select pg_advisory_unlock($1::bigint)', key).catch(() => session.client.end())
}

async function queryInTurn<Row extends QueryResultRow>(
  session: LockSession,
  text: string,
  key: string,
): Promise<QueryResult<Row>> {
  const run = () => session.client.query<Row>(text, [key])
  const turn = session.last.then(run, run)
  session.last = turn
  return await turn
}

function lockKeyOf(machineId: string): string {
  return createHash('sha256').update(`machine:${machineId}`).digest().readBigInt64BE(0).toString()
}
