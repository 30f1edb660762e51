import { eq } from 'drizzle-orm'
import type { Queries } from './database.ts'
import { installation } from './schema.ts'

/** Facts about this installation that every control plane on the database shares. */
export class InstallationStore {
  readonly #db: Queries
  readonly #newId: () => string

  constructor(db: Queries, newId: () => string) {
    this.#db = db
    this.#newId = newId
  }

  /** 12 hex digits made with the database; part of the session cookie's name. */
  async instanceId(): Promise<string> {
    const value = this.#newId().replaceAll('-', '').slice(0, 12)
    await this.#db.insert(installation).values({ name: 'instance-id', value }).onConflictDoNothing()
    const [row] = await this.#db.select().from(installation).where(eq(installation.name, 'instance-id'))
    if (row === undefined) throw new Error('the instance id is not there after it was written')
    return row.value
  }
}
