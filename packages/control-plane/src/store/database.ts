import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Client, type ClientConfig, Pool } from 'pg'
import { migrate } from './migrations/migrate.ts'
import { databaseUnavailable } from './postgres-errors.ts'

/** Where queries go: the pool, or one transaction of it. */
export type Queries = Pick<
  NodePgDatabase,
  'select' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction'
>

export interface DatabaseOptions {
  /** How to reach the server: a connection string, or the embedded server's socket directory. */
  readonly connection: ClientConfig
  /** Open connections at most, the lock and change connections not counted. */
  readonly maxConnections?: number
  /** Told about connections that the server closed while they were idle. */
  readonly onConnectionLost?: (error: Error) => void
}

/** An open, migrated database. Connections that are lost are made again by the next query. */
export interface Database {
  readonly db: NodePgDatabase
  /** A connection of its own outside the pool; the caller connects and ends it. */
  createClient(): Client
  /** One round trip; rejects with `DATABASE_UNAVAILABLE`. */
  ping(): Promise<void>
  /** Waits for running queries. */
  close(): Promise<void>
}

/** Connects, migrates, and rejects with `DATABASE_UNAVAILABLE` or `DATABASE_NEWER` when it cannot. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const connection = { connectionTimeoutMillis: 10_000, keepAlive: true, ...options.connection }
  const createClient = () => new Client(connection)
  await prepare(firstClient(createClient))
  const pool = new Pool({ ...connection, max: options.maxConnections ?? 8, idleTimeoutMillis: 30_000 })
  pool.on('error', (error) => options.onConnectionLost?.(error))
  return {
    db: drizzle(pool),
    createClient,
    async ping() {
      await pool.query('select 1').catch((error: unknown) => {
        throw databaseUnavailable(error)
      })
    },
    close: () => pool.end(),
  }
}

/** An address that is none is refused here; the message must not repeat it, it may hold a password. */
function firstClient(createClient: () => Client): Client {
  try {
    return createClient()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw databaseUnavailable(new Error(`its address is not a valid Postgres URL (${code ?? 'unreadable'})`))
  }
}

async function prepare(client: Client): Promise<void> {
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error
  })
  try {
    await client.connect().catch((error: unknown) => {
      throw databaseUnavailable(error)
    })
    await migrate(client)
  } catch (error) {
    throw lost === undefined ? error : databaseUnavailable(lost)
  } finally {
    await client.end()
  }
}
