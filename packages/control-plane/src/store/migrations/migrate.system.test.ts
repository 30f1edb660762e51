import { getTableColumns, is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { Client, type ClientConfig } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../database.ts'
import * as schema from '../schema.ts'
import { openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'

let test: TestDatabase
let connection: ClientConfig
let count = 0

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  count += 1
  const name = `fresh_${count}`
  await query(test.server.connection, `create database ${name}`)
  connection = { ...test.server.connection, database: name }
})

describe('migrate', () => {
  it('runs once when many control planes start together', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ connection })))
    await Promise.all(databases.map((database) => database.close()))

    expect(await query(connection, 'select version, name from schema_migrations order by version')).toEqual(
      migrations.map(({ version, name }) => ({ version, name })),
    )
  })

  it.each([
    ['without', 'select'],
    ['with', 'alter table machines add column model_access text'],
  ])('goes on from a version 6 %s the column that came with it for a while', async (_, extra) => {
    const client = new Client(connection)
    await client.connect()
    await migrate(
      client,
      migrations.filter(({ version }) => version <= 6),
    )
    await client.query(extra)
    await migrate(client)
    await client.end()

    const columns = await query(
      connection,
      "select column_name as name from information_schema.columns where table_name = 'machines'",
    )
    expect(columns).toContainEqual({ name: 'model_access' })
  })

  it('makes exactly the columns and indexes that the schema names', async () => {
    await (await openDatabase({ connection })).close()

    const tables = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [value] : []))
    const wanted = tables.flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => ({
        table: getTableConfig(table).name,
        column: column.name,
        type: column.getSQLType(),
        required: column.notNull,
      })),
    )
    const found = await query(
      connection,
      `select c.relname as table, a.attname as column,
              replace(format_type(a.atttypid, a.atttypmod), 'timestamp(3)', 'timestamp (3)') as type,
              a.attnotnull as required
         from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
          and c.relname <> 'schema_migrations'`,
    )
    expect(new Set(found.map(asText))).toEqual(new Set(wanted.map(asText)))

    const names = tables.flatMap((table) => {
      const { indexes, uniqueConstraints } = getTableConfig(table)
      return [...indexes.map((index) => index.config.name), ...uniqueConstraints.map((unique) => unique.name)]
    })
    const indexes = await query(connection, `select indexname from pg_indexes where schemaname = 'public'`)
    expect(indexes.map((row) => row['indexname'])).toEqual(expect.arrayContaining(names))
  })

  it('refuses a database of a newer version and changes nothing', async () => {
    await (await openDatabase({ connection })).close()
    await query(connection, `insert into schema_migrations (version, name) values (999, 'later')`)

    const opening = openDatabase({ connection })

    await expect(opening).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      details: { databaseVersion: 999, knownVersion: migrations.length },
    })
  })

  it('leaves nothing of a migration that fails', async () => {
    const broken = [
      { version: 1, name: 'good', sql: 'create table good (id int)' },
      { version: 2, name: 'bad', sql: 'create table bad (id int); select nonsense' },
    ]
    const client = new Client(connection)
    await client.connect()

    await expect(migrate(client, broken)).rejects.toThrowError('nonsense')

    await client.end()
    expect(await query(connection, `select relname from pg_class where relname in ('good', 'bad')`)).toEqual(
      [],
    )
  })

  it('applies only what is missing', async () => {
    const first = { version: 1, name: 'one', sql: 'create table one (id int)' }
    const second = { version: 2, name: 'two', sql: 'create table two (id int)' }
    const client = new Client(connection)
    await client.connect()
    await migrate(client, [first])

    await migrate(client, [first, second])

    await client.end()
    expect(await query(connection, 'select version from schema_migrations order by version')).toHaveLength(2)
  })
})

async function query(config: ClientConfig, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(config)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

function asText({ table, column, type, required }: Record<string, unknown>): string {
  return `${table}.${column} ${type} ${required}`
}
