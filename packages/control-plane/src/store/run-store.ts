import {
  AgentMachinesError,
  type Page,
  type RunEvent,
  type RunListQuery,
  type RunOrigin,
  type RunOutcome,
  type StoredRunEvent,
} from '@agent-machines/core'
import { and, asc, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Clock } from './clock.ts'
import type { Queries } from './database.ts'
import { claimIdempotencyKey, findIdempotencyKey, type IdempotencyRequest } from './idempotency-keys.ts'
import { formatPageCursor, parsePageCursor } from './page-cursor.ts'
import { runEvents, runs } from './schema.ts'
import { withoutNul } from './without-nul.ts'

export type RunRow = typeof runs.$inferSelect
export type NewRun = Pick<
  RunRow,
  | 'id'
  | 'workspace'
  | 'machineId'
  | 'task'
  | 'origin'
  | 'via'
  | 'model'
  | 'resumedSession'
  | 'permissions'
  | 'timeoutMs'
  | 'budgetUsd'
>

/** What a run with this idempotency key is; `mismatch`: the key was used for something else. */
export type RepeatedRun = { readonly outcome: 'repeated'; readonly run: RunRow } | { outcome: 'mismatch' }

/** The conversation that a run is in, as far as it is known. */
const conversation = sql<string | null>`coalesce(${runs.session}, ${runs.resumedSession})`

type AddedEvent = RunEvent & { readonly truncated?: boolean }

/** Runs and their events. Every change is announced. */
export class RunStore {
  readonly #db: Queries
  readonly #clock: Clock

  constructor(db: Queries, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * Writes the run and its idempotency key, or neither; a repeated request gets the first one's run.
   *
   * Rejects with `SESSION_BUSY` while another run goes on in the same conversation.
   */
  async insert(
    run: NewRun,
    request?: IdempotencyRequest,
  ): Promise<RepeatedRun | { outcome: 'inserted'; run: RunRow }> {
    const now = this.#clock()
    return this.#db.transaction(async (tx) => {
      const claim = request && (await claimIdempotencyKey(tx, request, run.id, now))
      if (claim && claim.outcome !== 'claimed')
        return repeatedBy(tx, claim.outcome === 'repeated' ? claim.madeId : null)
      if (run.resumedSession !== null) await refuseSecond(tx, run.machineId, run.resumedSession)
      const [inserted] = await tx
        .insert(runs)
        .values({ ...run, state: 'starting', createdAt: now })
        .returning()
      if (inserted === undefined) throw new Error('insert returned no run')
      return { outcome: 'inserted', run: inserted }
    })
  }

  /** The answer to a request that was made before; null for a new one. */
  async repeated(request: IdempotencyRequest): Promise<RepeatedRun | null> {
    const found = await findIdempotencyKey(this.#db, request, this.#clock())
    return found && repeatedBy(this.#db, found.outcome === 'repeated' ? found.madeId : null)
  }

  async get(id: string): Promise<RunRow | undefined> {
    const [row] = await this.#db.select().from(runs).where(eq(runs.id, id))
    return row
  }

  /** The newest run with this origin that is in a conversation or may still get into one. */
  async latest(machineId: string, origin: RunOrigin): Promise<RunRow | undefined> {
    const isInOne = or(sql`${conversation} is not null`, isNull(runs.endedAt))
    const [row] = await this.#db
      .select()
      .from(runs)
      .where(and(eq(runs.machineId, machineId), eq(runs.origin, origin), isInOne))
      .orderBy(desc(runs.createdAt), desc(runs.id))
      .limit(1)
    return row
  }

  /** Newest first. */
  async list(machineId: string, query: RunListQuery): Promise<Page<RunRow>> {
    const { limit, cursor, origin, session } = query
    const after = cursor === undefined ? undefined : parsePageCursor(cursor)
    const older =
      after &&
      or(lt(runs.createdAt, after.createdAt), and(eq(runs.createdAt, after.createdAt), lt(runs.id, after.id)))
    const rows = await this.#db
      .select()
      .from(runs)
      .where(
        and(
          eq(runs.machineId, machineId),
          origin && eq(runs.origin, origin),
          session === undefined ? undefined : eq(conversation, session),
          older,
        ),
      )
      .orderBy(desc(runs.createdAt), desc(runs.id))
      .limit(limit + 1)
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: rows.length > limit && last !== undefined ? formatPageCursor(last) : null }
  }

  /** Every run that is not over, oldest first. */
  async listActive(): Promise<RunRow[]> {
    return this.#db.select().from(runs).where(isNull(runs.endedAt)).orderBy(asc(runs.createdAt))
  }

  async requestCancel(id: string): Promise<void> {
    await this.#db
      .update(runs)
      .set({ cancelRequestedAt: this.#clock() })
      .where(and(eq(runs.id, id), isNull(runs.endedAt), isNull(runs.cancelRequestedAt)))
  }

  async setRunning(id: string): Promise<void> {
    await this.#db
      .update(runs)
      .set({ state: 'running', startedAt: this.#clock() })
      .where(and(eq(runs.id, id), eq(runs.state, 'starting')))
  }

  /**
   * Adds the events that follow number `lastSeq` and notes in the run what they say, in one step.
   *
   * False, with nothing changed, when the run is over or another one is stored there: somebody else follows it.
   */
  async append(id: string, lastSeq: number, events: readonly AddedEvent[]): Promise<boolean> {
    if (events.length === 0) return true
    const now = this.#clock()
    const clean = events.map(withoutNul)
    return this.#db.transaction(async (tx) => {
      const updated = await tx
        .update(runs)
        .set({ lastSeq: lastSeq + clean.length, ...noted(clean, now) })
        .where(and(eq(runs.id, id), eq(runs.lastSeq, lastSeq), isNull(runs.endedAt)))
        .returning({ id: runs.id })
      if (updated.length === 0) return false
      await tx.insert(runEvents).values(
        clean.map(({ event, data, truncated = false }, index) => ({
          runId: id,
          seq: lastSeq + index + 1,
          event,
          data,
          truncated,
          createdAt: now,
        })),
      )
      return true
    })
  }

  /** At most `limit` events with a number above `seq`, in their order. */
  async eventsAfter(id: string, seq: number, limit: number): Promise<StoredRunEvent[]> {
    const rows = await this.#db
      .select()
      .from(runEvents)
      .where(and(eq(runEvents.runId, id), gt(runEvents.seq, seq)))
      .orderBy(asc(runEvents.seq))
      .limit(limit)
    return rows.map(
      ({ event, data, seq: number, createdAt, truncated }) =>
        ({
          event,
          data,
          seq: number,
          at: createdAt.toISOString(),
          ...(truncated ? { truncated } : {}),
        }) as StoredRunEvent,
    )
  }
}

/** What the events say about the run as a whole. */
function noted(events: readonly RunEvent[], now: Date): Partial<RunRow> {
  return Object.assign({}, ...events.map((event) => notedBy(event, now)))
}

function notedBy({ event, data }: RunEvent, now: Date): Partial<RunRow> {
  switch (event) {
    case 'session':
      return { session: data.session, ...(data.model === null ? {} : { model: data.model }) }
    case 'message':
      return data.parent === undefined ? { result: data.text } : {}
    case 'usage':
      return { usage: data }
    case 'end':
      return { ...data, state: data.state satisfies RunOutcome, endedAt: now }
    default:
      return {}
  }
}

/** Holds off every other run of the conversation until the transaction ends. */
async function refuseSecond(
  tx: Pick<Queries, 'select' | 'execute'>,
  machineId: string,
  session: string,
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`run ${machineId}/${session}`}, 0))`)
  const [going] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.machineId, machineId), eq(conversation, session), isNull(runs.endedAt)))
    .limit(1)
  if (going) throw new AgentMachinesError('SESSION_BUSY', undefined, { details: { runId: going.id } })
}

async function repeatedBy(db: Pick<Queries, 'select'>, id: string | null): Promise<RepeatedRun> {
  const [run] = id === null ? [] : await db.select().from(runs).where(eq(runs.id, id))
  return run === undefined ? { outcome: 'mismatch' } : { outcome: 'repeated', run }
}
