import { AgentMachinesError } from '@agent-machines/core'
import type { ClientBase } from 'pg'
import { type Migration, migrations as ours } from './migrations.ts'

/** Advisory lock that one migrating control plane holds at a time; the number only has to be ours. */
const migrationLock = 4_741_982_201

/**
 * Brings the database to this version's schema in one transaction; two at once wait for each other.
 *
 * Refuses with `DATABASE_NEWER`, changing nothing, when a newer version migrated it.
 */
export async function migrate(client: ClientBase, migrations: readonly Migration[] = ours): Promise<void> {
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await applyMissing(client, migrations)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function applyMissing(client: ClientBase, migrations: readonly Migration[]): Promise<void> {
  await client.query(
    `create table if not exists schema_migrations (
       version integer primary key, name text not null, applied_at timestamptz not null default now()
     )`,
  )
  const { rows } = await client.query<{ version: number | null }>(
    'select max(version) as version from schema_migrations',
  )
  const reached = rows[0]?.version ?? 0
  const known = migrations.at(-1)?.version ?? 0
  if (reached > known) {
    throw new AgentMachinesError(
      'DATABASE_NEWER',
      `The database has schema version ${reached}; this version of Agent Machines knows ${known}.`,
      { details: { databaseVersion: reached, knownVersion: known } },
    )
  }
  for (const { version, name, sql } of migrations) {
    if (version <= reached) continue
    await client.query(sql)
    await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name])
  }
}
