import { and, eq, gt, lte } from 'drizzle-orm'
import type { Clock } from '../store/clock.ts'
import type { Queries } from '../store/database.ts'
import { sessions } from '../store/schema.ts'
import type { Principal } from './principal.ts'
import type { RecentPrincipals } from './recent-principals.ts'
import { hashSecret, sameHash } from './secret-hash.ts'

/** How long a session lasts after its last use. */
export const sessionLifetimeS = 30 * 24 * 60 * 60
const refreshMs = 60 * 60 * 1000

export interface NewSession {
  readonly id: string
  /** Value for the cookie. */
  readonly cookie: string
  /** For the page to keep; given once. */
  readonly proof: string
}

export interface SessionStoreOptions {
  readonly recent: RecentPrincipals
  readonly db: Queries
  readonly clock: Clock
  readonly newId: () => string
  /** 32 random bytes, base64url. */
  readonly newSecret: () => string
}

/** Browser sessions; the database knows only hashes of their cookie and proof. */
export class SessionStore {
  readonly #options: SessionStoreOptions

  constructor(options: SessionStoreOptions) {
    this.#options = options
  }

  async create(workspace: string): Promise<NewSession> {
    const { db, clock, newId, newSecret } = this.#options
    const session = { id: newId(), cookie: newSecret(), proof: newSecret() }
    const now = clock()
    await db.delete(sessions).where(lte(sessions.expiresAt, now))
    await db.insert(sessions).values({
      id: session.id,
      workspace,
      cookieHash: hashSecret(session.cookie),
      proofHash: hashSecret(session.proof),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: expiryOf(now),
    })
    return session
  }

  /** Undefined unless both belong to the same live session. Using it keeps it alive. */
  async authenticate(cookie: string, proof: string): Promise<Principal | undefined> {
    const { db, clock } = this.#options
    const now = clock()
    const [cookieHash, proofHash] = [hashSecret(cookie), hashSecret(proof)]
    const both = `${cookieHash.toString('hex')} ${proofHash.toString('hex')}`
    const recent = this.#options.recent.find(both, now)
    if (recent !== undefined) return recent
    const live = and(eq(sessions.cookieHash, cookieHash), gt(sessions.expiresAt, now))
    const [found] = await db.select().from(sessions).where(live)
    if (found === undefined || !sameHash(found.proofHash, proofHash)) return undefined
    if (now.getTime() - found.lastSeenAt.getTime() >= refreshMs) {
      await db
        .update(sessions)
        .set({ lastSeenAt: now, expiresAt: expiryOf(now) })
        .where(eq(sessions.id, found.id))
    }
    const principal = { kind: 'session', id: found.id, workspace: found.workspace } as const
    this.#options.recent.remember(both, principal, now)
    return principal
  }

  async remove(id: string): Promise<void> {
    await this.#options.db.delete(sessions).where(eq(sessions.id, id))
    this.#options.recent.forgetAll()
  }
}

function expiryOf(now: Date): Date {
  return new Date(now.getTime() + sessionLifetimeS * 1000)
}
