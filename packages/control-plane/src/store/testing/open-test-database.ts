import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataDirectoryPaths } from '../../data-directory/data-directory-paths.ts'
import { openDataDirectory } from '../../data-directory/open-data-directory.ts'
import { openSocketDirectory } from '../../data-directory/socket-directory.ts'
import { type Database, openDatabase } from '../database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts'

export interface TestDatabase {
  readonly paths: DataDirectoryPaths
  readonly server: EmbeddedPostgres
  readonly database: Database
  /** Another control plane on the same server. */
  openAnother(): Promise<Database>
  /** Stops the server and deletes everything. */
  close(): Promise<void>
}

/** A real server with a migrated database in a folder of its own; for tests only. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, home: '/' }
  const folder = await mkdtemp(join(tmpdir(), 'am-test-'))
  await chmod(folder, 0o755)
  const paths = await openDataDirectory(join(folder, 'data'), user)
  const socketDirectory = await openSocketDirectory(paths.root, {}, user)
  const server = await startEmbeddedPostgres({
    paths,
    socketDirectory,
    user,
    packageFrom: [import.meta.url],
    newId: randomUUID,
  })
  const opened: Database[] = []
  const open = async () => {
    const database = await openDatabase({ connection: server.connection })
    opened.push(database)
    return database
  }
  return {
    paths,
    server,
    database: await open(),
    openAnother: open,
    async close() {
      await Promise.all(opened.map((database) => database.close()))
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** 32 random bytes, base64url. */
export function newTestSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A clock that stands until it is moved. */
export function createTestClock(start = new Date('2030-01-01T00:00:00Z')) {
  let now = start
  return {
    clock: () => now,
    advance(ms: number) {
      now = new Date(now.getTime() + ms)
    },
  }
}

/** Resolves when `condition` is true; rejects after twenty seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 10) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the condition did not become true in twenty seconds')
}
