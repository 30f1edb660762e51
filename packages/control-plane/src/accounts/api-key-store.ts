import type { ApiKey } from '@agent-machines/core'
import { and, desc, eq } from 'drizzle-orm'
import type { Clock } from '../store/clock.ts'
import type { Queries } from '../store/database.ts'
import { apiKeys } from '../store/schema.ts'
import type { Principal } from './principal.ts'
import type { RecentPrincipals } from './recent-principals.ts'
import { hashSecret } from './secret-hash.ts'

const usedThrottleMs = 60_000
const shownCharacters = 7

export interface ApiKeyStoreOptions {
  readonly recent: RecentPrincipals
  readonly db: Queries
  readonly clock: Clock
  readonly newId: () => string
  /** 32 random bytes, base64url. */
  readonly newSecret: () => string
}

export interface CreateApiKey {
  readonly workspace: string
  readonly name: string
  /** For a `local-api-key` file: replaces the one of the same name and is not listed. */
  readonly local?: boolean
}

/** Keys `am_…` for programs; the database knows only their hashes. */
export class ApiKeyStore {
  readonly #options: ApiKeyStoreOptions

  constructor(options: ApiKeyStoreOptions) {
    this.#options = options
  }

  /** The only time the key itself is given. */
  async create({ workspace, name, local = false }: CreateApiKey): Promise<ApiKey & { key: string }> {
    const { db, clock, newId, newSecret } = this.#options
    const key = `am_${newSecret()}`
    const row = {
      id: newId(),
      workspace,
      name,
      hash: hashSecret(key),
      prefix: key.slice(0, shownCharacters),
      local,
      createdAt: clock(),
      lastUsedAt: null,
    }
    await db.transaction(async (tx) => {
      if (local) await tx.delete(apiKeys).where(and(eq(apiKeys.local, true), eq(apiKeys.name, name)))
      await tx.insert(apiKeys).values(row)
    })
    this.#options.recent.forgetAll()
    return { ...toApiKey(row), key }
  }

  /** Newest first, without those in `local-api-key` files. */
  async list(workspace: string): Promise<ApiKey[]> {
    const rows = await this.#options.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.workspace, workspace), eq(apiKeys.local, false)))
      .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    return rows.map(toApiKey)
  }

  /** False when the workspace has no such key. */
  async remove(workspace: string, id: string): Promise<boolean> {
    const removed = await this.#options.db
      .delete(apiKeys)
      .where(and(eq(apiKeys.workspace, workspace), eq(apiKeys.id, id), eq(apiKeys.local, false)))
      .returning({ id: apiKeys.id })
    this.#options.recent.forgetAll()
    return removed.length > 0
  }

  /** Undefined for a key that is not ours. Notes the use at most once a minute. */
  async authenticate(key: string): Promise<Principal | undefined> {
    const { db, clock } = this.#options
    const now = clock()
    const hash = hashSecret(key)
    const recent = this.#options.recent.find(hash.toString('hex'), now)
    if (recent !== undefined) return recent
    const [found] = await db.select().from(apiKeys).where(eq(apiKeys.hash, hash))
    if (found === undefined) return undefined
    if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() >= usedThrottleMs) {
      await db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, found.id))
    }
    const principal = { kind: 'api-key', id: found.id, workspace: found.workspace } as const
    this.#options.recent.remember(hash.toString('hex'), principal, now)
    return principal
  }
}

function toApiKey(row: typeof apiKeys.$inferSelect): ApiKey {
  const { id, name, prefix, createdAt, lastUsedAt } = row
  return {
    id,
    name,
    prefix,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
