import type { AgentState, Gateway, MachineState, Page } from '@agent-machines/core'
import { and, desc, eq, inArray, isNull, lt, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Clock } from './clock.ts'
import type { Queries } from './database.ts'
import {
  claimIdempotencyKey,
  findIdempotencyKey,
  type IdempotencyRequest,
  type IdempotencyUse,
  removeExpiredIdempotencyKeys,
} from './idempotency-keys.ts'
import { formatPageCursor, parsePageCursor } from './page-cursor.ts'
import { isUniqueViolation } from './postgres-errors.ts'
import { machines } from './schema.ts'
import { withoutNul } from './without-nul.ts'

export type MachineRow = typeof machines.$inferSelect
type Stamps = 'createdAt' | 'updatedAt' | 'lastActivityAt' | 'destroyedAt'
export type NewMachine = Omit<typeof machines.$inferInsert, Stamps>
export type MachinePatch = Partial<Omit<NewMachine, 'id' | 'workspace' | 'setup'>> & {
  /**
   * Has it set up with what it gets by now: at once if it is up, when it wakes if it sleeps; one that is being set up
   * begins anew, as its row counts once more. What the patch itself says of its state stands.
   */
  readonly isSetUpAnew?: boolean
}

/** What the agent does, the console's last line and what the chat gateway does; absent where nothing was seen. */
export interface SeenOfMachine {
  readonly agent: AgentState | null
  readonly lastLine?: string | null
  readonly gatewayState?: Gateway
}

export type RepeatedOutcome =
  | { readonly outcome: 'repeated'; readonly machine: MachineRow }
  /** The idempotency key was used with another body. */
  | { readonly outcome: 'mismatch' }

export type InsertOutcome =
  | RepeatedOutcome
  | { readonly outcome: 'inserted'; readonly machine: MachineRow }
  /** Another machine that is not destroyed has the name. */
  | { readonly outcome: 'name-taken' }

export interface ListMachines {
  readonly workspace: string
  readonly limit: number
  readonly cursor?: string | undefined
  readonly includeDestroyed?: boolean | undefined
}

const visibleAfterDestroyMs = 30 * 24 * 60 * 60 * 1000
const transitional: MachineState[] = ['provisioning', 'bootstrapping', 'waking', 'destroying']

/** The states of a machine that is set up, or will be. */
const settable: MachineState[] = ['provisioning', 'bootstrapping', 'ready', 'asleep', 'waking', 'unknown']
const isDone = sql`${machines.state} in ('ready', 'asleep', 'waking')`
const setUpAnew = {
  setup: sql`${machines.setup} + 1`,
  state: sql`case when ${machines.state} = 'ready' then 'bootstrapping' else ${machines.state} end`,
  bootstrap: sql`case when ${isDone} then jsonb_set(${machines.bootstrap}, '{state}', '"pending"') else ${machines.bootstrap} end`,
}

/** Machines, kept before and after anything happens at their providers. Every change is announced. */
export class MachineStore {
  readonly #db: Queries
  readonly #clock: Clock

  constructor(db: Queries, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Writes the machine and its idempotency key, or neither; a repeated request gets the first one's machine. */
  async insert(machine: NewMachine, request?: IdempotencyRequest): Promise<InsertOutcome> {
    const now = this.#clock()
    try {
      return await this.#db.transaction(async (tx): Promise<InsertOutcome> => {
        const claim = request && (await claimIdempotencyKey(tx, request, machine.id, now))
        if (claim && claim.outcome !== 'claimed') return await repeatedBy(claim, tx)
        const stamps = { createdAt: now, updatedAt: now, lastActivityAt: now }
        const [inserted] = await tx
          .insert(machines)
          .values({ ...machine, ...stamps })
          .returning()
        if (inserted === undefined) throw new Error('insert returned no machine')
        return { outcome: 'inserted', machine: inserted }
      })
    } catch (error) {
      if (isUniqueViolation(error, 'machines_live_name')) return { outcome: 'name-taken' }
      throw error
    }
  }

  /** The answer to a request that was made before; null for a new one. */
  async repeated(request: IdempotencyRequest): Promise<RepeatedOutcome | null> {
    const found = await findIdempotencyKey(this.#db, request, this.#clock())
    return found && (await repeatedBy(found, this.#db))
  }

  /** Undefined for an unknown id and for a machine destroyed more than 30 days ago. */
  async get(id: string): Promise<MachineRow | undefined> {
    const [row] = await this.#db
      .select()
      .from(machines)
      .where(and(eq(machines.id, id), this.#visible()))
    return row
  }

  /** The machine of that name that is not destroyed. */
  async getByName(workspace: string, name: string): Promise<MachineRow | undefined> {
    const named = and(
      eq(machines.workspace, workspace),
      eq(machines.name, name),
      isNull(machines.destroyedAt),
    )
    const [row] = await this.#db.select().from(machines).where(named)
    return row
  }

  /** Newest first. */
  async list({ workspace, limit, cursor, includeDestroyed }: ListMachines): Promise<Page<MachineRow>> {
    const after = cursor === undefined ? undefined : parsePageCursor(cursor)
    const rows = await this.#db
      .select()
      .from(machines)
      .where(
        and(
          eq(machines.workspace, workspace),
          includeDestroyed === true ? this.#visible() : isNull(machines.destroyedAt),
          after &&
            or(
              lt(machines.createdAt, after.createdAt),
              and(eq(machines.createdAt, after.createdAt), lt(machines.id, after.id)),
            ),
        ),
      )
      .orderBy(desc(machines.createdAt), desc(machines.id))
      .limit(limit + 1)
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: rows.length > limit && last !== undefined ? formatPageCursor(last) : null }
  }

  /**
   * Changes the machine if it is in one of `expectedStates` (any state without them); undefined when it
   * is not. Reaching `destroyed` frees its name. Rejects with a unique violation for a taken name: see `rename`.
   */
  async update(
    id: string,
    { isSetUpAnew = false, ...patch }: MachinePatch,
    expectedStates?: readonly MachineState[],
  ): Promise<MachineRow | undefined> {
    const now = this.#clock()
    const [row] = await this.#db
      .update(machines)
      .set({
        ...(isSetUpAnew ? setUpAnew : {}),
        ...withoutNul(patch),
        updatedAt: now,
        ...(patch.state === 'destroyed'
          ? { destroyedAt: sql`coalesce(${machines.destroyedAt}, ${now})` }
          : {}),
      })
      .where(and(eq(machines.id, id), expectedStates && inArray(machines.state, [...expectedStates])))
      .returning()
    return row
  }

  /** Has a machine set up with what it gets by now, unless it failed or is on its way out. */
  async setUpAgain(id: string): Promise<void> {
    await this.update(id, { isSetUpAnew: true }, settable)
  }

  /** Tells a taken name apart from a machine that is not there. */
  async rename(id: string, name: string): Promise<MachineRow | 'name-taken' | undefined> {
    try {
      return await this.update(id, { name })
    } catch (error) {
      if (isUniqueViolation(error, 'machines_live_name')) return 'name-taken'
      throw error
    }
  }

  async listInStates(states: readonly MachineState[]): Promise<MachineRow[]> {
    return await this.#db
      .select()
      .from(machines)
      .where(inArray(machines.state, [...states]))
      .orderBy(machines.createdAt)
  }

  /** Machines of every workspace that are on their way, or not where they shall be. */
  async listForReconcile(): Promise<MachineRow[]> {
    return await this.#db
      .select()
      .from(machines)
      .where(
        or(
          inArray(machines.state, transitional),
          and(eq(machines.target, 'destroyed'), ne(machines.state, 'destroyed')),
          and(eq(machines.target, 'asleep'), notInArray(machines.state, ['asleep', 'failed', 'destroyed'])),
          and(eq(machines.target, 'ready'), notInArray(machines.state, ['ready', 'failed', 'destroyed'])),
        ),
      )
      .orderBy(machines.createdAt)
  }

  /** Notes that the machine was used; at most one write in five seconds, and `updatedAt` stays. */
  async touchActivity(id: string): Promise<void> {
    const now = this.#clock()
    await this.#db
      .update(machines)
      .set({ lastActivityAt: now })
      .where(and(eq(machines.id, id), lt(machines.lastActivityAt, new Date(now.getTime() - 5000))))
  }

  /** Writes what was seen of a machine from outside its steps; what is known already changes nothing. */
  async setSeen(id: string, seen: SeenOfMachine): Promise<void> {
    const clean = withoutNul(seen)
    const json = (value: object | null) => (value === null ? null : JSON.stringify(value))
    const news = [sql`${machines.agent} is distinct from ${json(clean.agent)}::jsonb`]
    if (clean.lastLine !== undefined) news.push(sql`${machines.lastLine} is distinct from ${clean.lastLine}`)
    if (clean.gatewayState !== undefined)
      news.push(sql`${machines.gatewayState} is distinct from ${json(clean.gatewayState)}::jsonb`)
    await this.#db
      .update(machines)
      .set({ ...clean, updatedAt: this.#clock() })
      .where(and(eq(machines.id, id), or(...news)))
  }

  /** Live machines per upstream, by name: who stops working when its credential goes. */
  async namesByUpstream(workspace: string): Promise<Map<string, string[]>> {
    const rows = await this.#db
      .select({ upstream: machines.upstream, name: machines.name })
      .from(machines)
      .where(and(eq(machines.workspace, workspace), isNull(machines.destroyedAt)))
      .orderBy(machines.name)
    const names = new Map<string, string[]>()
    for (const { upstream, name } of rows) {
      if (upstream !== null) names.set(upstream, [...(names.get(upstream) ?? []), name])
    }
    return names
  }

  /** Deletes what nobody can see any more: machines destroyed over 30 days ago, keys older than a day. */
  async removeExpired(): Promise<void> {
    const now = this.#clock()
    const limit = new Date(now.getTime() - visibleAfterDestroyMs)
    await this.#db.delete(machines).where(lt(machines.destroyedAt, limit))
    await removeExpiredIdempotencyKeys(this.#db, now)
  }

  #visible(): SQL {
    const limit = new Date(this.#clock().getTime() - visibleAfterDestroyMs)
    return sql`(${machines.destroyedAt} is null or ${machines.destroyedAt} >= ${limit})`
  }
}

/** The machine that was made by a key's first request, as it is now. */
async function repeatedBy(use: IdempotencyUse, db: Pick<Queries, 'select'>): Promise<RepeatedOutcome> {
  if (use.outcome === 'mismatch') return use
  const [machine] = await db.select().from(machines).where(eq(machines.id, use.madeId))
  return machine === undefined ? { outcome: 'mismatch' } : { outcome: 'repeated', machine }
}
