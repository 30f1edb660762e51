import { AgentMachinesError } from '@agent-machines/core'
import { eq, lt, sql } from 'drizzle-orm'
import type { Clock } from '../store/clock.ts'
import type { Queries } from '../store/database.ts'
import { loginAttempts } from '../store/schema.ts'

const windowMs = 60_000
const attemptsPerWindow = 10

/** Ten sign-in attempts a minute from one address, counted for all control planes on the database together. */
export class LoginRateLimit {
  readonly #db: Queries
  readonly #clock: Clock

  constructor(db: Queries, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Counts an attempt; rejects with `LOGIN_RATE_LIMITED` when there were too many. */
  async take(address: string): Promise<void> {
    const now = this.#clock()
    const windowStart = new Date(now.getTime() - windowMs)
    const old = sql`${loginAttempts.windowStartedAt} <= ${windowStart}`
    const [row] = await this.#db
      .insert(loginAttempts)
      .values({ address, windowStartedAt: now, attempts: 1 })
      .onConflictDoUpdate({
        target: loginAttempts.address,
        set: {
          attempts: sql`case when ${old} then 1 else ${loginAttempts.attempts} + 1 end`,
          windowStartedAt: sql`case when ${old} then ${now} else ${loginAttempts.windowStartedAt} end`,
        },
      })
      .returning({ attempts: loginAttempts.attempts })
    if (row !== undefined && row.attempts <= attemptsPerWindow) return
    throw new AgentMachinesError('LOGIN_RATE_LIMITED', undefined, { details: { address } })
  }

  /** A successful sign-in starts the count anew. */
  async clear(address: string): Promise<void> {
    const old = new Date(this.#clock().getTime() - windowMs)
    await this.#db.delete(loginAttempts).where(eq(loginAttempts.address, address))
    await this.#db.delete(loginAttempts).where(lt(loginAttempts.windowStartedAt, old))
  }
}
