import { sql } from 'drizzle-orm'
import { readPrivateFile, writePrivateFile } from '../data-directory/private-file.ts'
import type { Queries } from '../store/database.ts'
import type { ApiKeyStore } from './api-key-store.ts'

export interface LocalApiKeyOptions {
  readonly db: Queries
  readonly keys: ApiKeyStore
  /** `<data>/local-api-key`. */
  readonly path: string
  readonly uid: number
  readonly workspace: string
  readonly newId: () => string
}

/** Advisory lock that one control plane holds while it looks at the file. */
const localKeyLock = 4_741_982_202

/**
 * Makes sure that the file holds a key that works, for programs of the same user on this computer.
 *
 * A key that still works stays, so those who have read it can go on, also when several control planes
 * share the folder.
 */
export async function ensureLocalApiKey(options: LocalApiKeyOptions): Promise<void> {
  const { db, keys, path, uid, workspace, newId } = options
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${localKeyLock})`)
    const present = (await readPrivateFile(path, uid))?.trim()
    if (present && (await keys.authenticate(present))) return
    const { key } = await keys.create({ workspace, name: path, local: true })
    await writePrivateFile(path, `${key}\n`, newId)
  })
}
