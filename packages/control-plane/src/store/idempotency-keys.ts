import { and, eq, gte, lt } from 'drizzle-orm'
import type { Queries } from './database.ts'
import { idempotencyKeys } from './schema.ts'

export interface IdempotencyRequest {
  /** Who asks; keys of different principals never meet. */
  readonly principal: string
  readonly key: string
  readonly bodyHash: string
}

/** What a key was used for before. */
export type IdempotencyUse =
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'repeated'; readonly madeId: string }

const keptMs = 24 * 60 * 60 * 1000

/**
 * Takes the key for `madeId` within the caller's transaction, or says what was made with it before.
 *
 * A second request with the same key waits here until the first one's transaction ends.
 */
export async function claimIdempotencyKey(
  tx: Pick<Queries, 'select' | 'insert' | 'delete'>,
  { principal, key, bodyHash }: IdempotencyRequest,
  madeId: string,
  now: Date,
): Promise<IdempotencyUse | { readonly outcome: 'claimed' }> {
  const mine = and(eq(idempotencyKeys.principal, principal), eq(idempotencyKeys.key, key))
  await tx
    .delete(idempotencyKeys)
    .where(and(mine, lt(idempotencyKeys.createdAt, new Date(now.getTime() - keptMs))))
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ principal, key, bodyHash, madeId, createdAt: now })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (claimed.length > 0) return { outcome: 'claimed' }
  return (await findIdempotencyKey(tx, { principal, key, bodyHash }, now)) ?? { outcome: 'mismatch' }
}

/** What the key was used for in the last day; null when it was not. */
export async function findIdempotencyKey(
  db: Pick<Queries, 'select'>,
  { principal, key, bodyHash }: IdempotencyRequest,
  now: Date,
): Promise<IdempotencyUse | null> {
  const [first] = await db
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.principal, principal),
        eq(idempotencyKeys.key, key),
        gte(idempotencyKeys.createdAt, new Date(now.getTime() - keptMs)),
      ),
    )
  if (first === undefined) return null
  if (first.bodyHash !== bodyHash) return { outcome: 'mismatch' }
  return { outcome: 'repeated', madeId: first.madeId }
}

/** Deletes keys older than a day, whoever they belong to. */
export async function removeExpiredIdempotencyKeys(db: Pick<Queries, 'delete'>, now: Date): Promise<void> {
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, new Date(now.getTime() - keptMs)))
}
