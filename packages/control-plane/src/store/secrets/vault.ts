import { createHmac } from 'node:crypto'
import { AgentMachinesError } from '@agent-machines/core'
import { eq } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Queries } from '../database.ts'
import { workspaceKeys } from '../schema.ts'
import { openBox, type SealAddress, sealBox } from './sealed-box.ts'

export interface VaultOptions {
  readonly db: Queries
  /** 32 bytes that open every workspace's own key. */
  readonly keyEncryptionKey: Buffer
  readonly clock: Clock
  readonly randomBytes: (size: number) => Buffer
}

/** Seals values with a key per workspace; each opens only for the workspace, kind and name it was sealed for. */
export class Vault {
  readonly #options: VaultOptions
  readonly #keys = new Map<string, Promise<Buffer>>()

  constructor(options: VaultOptions) {
    this.#options = options
  }

  /** Rejects with `SECRET_KEY_UNUSABLE` unless the key opens every workspace key in the database. */
  async check(): Promise<void> {
    const rows = await this.#options.db.select().from(workspaceKeys)
    for (const { workspace, wrapped } of rows) this.#unwrap(workspace, wrapped)
  }

  async seal(address: SealAddress, value: string): Promise<Buffer> {
    const key = await this.#keyOf(address.workspace)
    return sealBox(key, address, Buffer.from(value), this.#options.randomBytes(12))
  }

  async open(address: SealAddress, sealed: Buffer): Promise<string> {
    const key = await this.#keyOf(address.workspace)
    try {
      return openBox(key, address, sealed).toString()
    } catch (cause) {
      throw new AgentMachinesError(
        'SECRET_KEY_UNUSABLE',
        `The stored secret ${address.kind} ${address.name} cannot be opened with this key.`,
        { cause },
      )
    }
  }

  /** The same text gives the same digest, which tells nothing of it to who has not the key. */
  async digest(workspace: string, text: string): Promise<string> {
    return createHmac('sha256', await this.#keyOf(workspace))
      .update(text)
      .digest('hex')
  }

  async #keyOf(workspace: string): Promise<Buffer> {
    const known = this.#keys.get(workspace)
    if (known !== undefined) return await known
    const key = this.#loadKey(workspace)
    this.#keys.set(workspace, key)
    key.catch(() => this.#keys.delete(workspace))
    return await key
  }

  /** Of two control planes that make the key at once, one wins and both use its key. */
  async #loadKey(workspace: string): Promise<Buffer> {
    const { db, keyEncryptionKey, clock, randomBytes } = this.#options
    const address = wrapAddress(workspace)
    for (;;) {
      const [found] = await db.select().from(workspaceKeys).where(eq(workspaceKeys.workspace, workspace))
      if (found !== undefined) return this.#unwrap(workspace, found.wrapped)
      const wrapped = sealBox(keyEncryptionKey, address, randomBytes(32), randomBytes(12))
      await db.insert(workspaceKeys).values({ workspace, wrapped, createdAt: clock() }).onConflictDoNothing()
    }
  }

  #unwrap(workspace: string, wrapped: Buffer): Buffer {
    try {
      return openBox(this.#options.keyEncryptionKey, wrapAddress(workspace), wrapped)
    } catch (cause) {
      throw new AgentMachinesError(
        'SECRET_KEY_UNUSABLE',
        'The secret key is not the one this database was made with.',
        { cause, details: { workspace } },
      )
    }
  }
}

/** Whether anything was sealed in this database, so that its key is needed. */
export async function hasSealedSecrets(db: Pick<Queries, 'select'>): Promise<boolean> {
  return (await db.select({ workspace: workspaceKeys.workspace }).from(workspaceKeys).limit(1)).length > 0
}

function wrapAddress(workspace: string): SealAddress {
  return { workspace, kind: 'workspace-key', name: workspace }
}
