import type { Protocol } from '@agent-machines/core'
import { and, eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queries } from '../database.ts'
import { credentials } from '../schema.ts'
import type { Vault } from './vault.ts'

export interface StoredCredential {
  readonly name: string
  readonly baseUrl: string | null
  readonly protocols: Protocol[] | null
  readonly last4: string | null
  readonly updatedAt: Date
}

export interface CredentialInput {
  readonly value: string
  readonly baseUrl?: string | undefined
  readonly protocols?: Protocol[] | undefined
}

/** Credentials of workspaces; values are sealed before they are written. */
export class CredentialStore {
  readonly #db: Queries
  readonly #vault: Vault
  readonly #clock: Clock

  constructor(db: Queries, vault: Vault, clock: Clock) {
    this.#db = db
    this.#vault = vault
    this.#clock = clock
  }

  async list(workspace: string): Promise<StoredCredential[]> {
    return await this.#db
      .select({
        name: credentials.name,
        baseUrl: credentials.baseUrl,
        protocols: credentials.protocols,
        last4: credentials.last4,
        updatedAt: credentials.updatedAt,
      })
      .from(credentials)
      .where(eq(credentials.workspace, workspace))
      .orderBy(credentials.name)
  }

  async put(workspace: string, name: string, { value, baseUrl, protocols }: CredentialInput): Promise<void> {
    const content = {
      sealed: await this.#vault.seal({ workspace, kind: 'credential', name }, value),
      baseUrl: baseUrl ?? null,
      protocols: protocols ?? null,
      last4: last4Of(value),
      updatedAt: this.#clock(),
    }
    await this.#db
      .insert(credentials)
      .values({ workspace, name, ...content })
      .onConflictDoUpdate({ target: [credentials.workspace, credentials.name], set: content })
  }

  /** False when there was none. */
  async remove(workspace: string, name: string): Promise<boolean> {
    const removed = await this.#db
      .delete(credentials)
      .where(and(eq(credentials.workspace, workspace), eq(credentials.name, name)))
      .returning({ name: credentials.name })
    return removed.length > 0
  }

  /** The value itself, for use inside the control plane only. */
  async value(workspace: string, name: string): Promise<string | undefined> {
    const [row] = await this.#db
      .select({ sealed: credentials.sealed })
      .from(credentials)
      .where(and(eq(credentials.workspace, workspace), eq(credentials.name, name)))
    return row && (await this.#vault.open({ workspace, kind: 'credential', name }, row.sealed))
  }
}

/** The last four characters of a value long enough that they give nothing away. */
export function last4Of(value: string): string | null {
  return value.length >= 12 ? value.slice(-4) : null
}
