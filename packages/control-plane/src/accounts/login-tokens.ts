import { and, eq, gt, lte } from 'drizzle-orm'
import type { Clock } from '../store/clock.ts'
import type { Queries } from '../store/database.ts'
import { loginTokens } from '../store/schema.ts'
import { hashSecret } from './secret-hash.ts'

const validMs = 15 * 60 * 1000

export interface LoginTokensOptions {
  readonly db: Queries
  readonly clock: Clock
  /** 32 random bytes, base64url. */
  readonly newSecret: () => string
}

/** One-time tokens for login links, valid for 15 minutes; the database knows only their hashes. */
export class LoginTokens {
  readonly #options: LoginTokensOptions

  constructor(options: LoginTokensOptions) {
    this.#options = options
  }

  async mint(workspace: string): Promise<string> {
    const { db, clock, newSecret } = this.#options
    const token = newSecret()
    const createdAt = clock()
    const expiresAt = new Date(createdAt.getTime() + validMs)
    await db.delete(loginTokens).where(lte(loginTokens.expiresAt, createdAt))
    await db.insert(loginTokens).values({ hash: hashSecret(token), workspace, createdAt, expiresAt })
    return token
  }

  /** The workspace it opens, once: of two that redeem it at the same time, one gets undefined. */
  async redeem(token: string): Promise<string | undefined> {
    const { db, clock } = this.#options
    const [used] = await db
      .delete(loginTokens)
      .where(and(eq(loginTokens.hash, hashSecret(token)), gt(loginTokens.expiresAt, clock())))
      .returning({ workspace: loginTokens.workspace })
    return used?.workspace
  }
}
