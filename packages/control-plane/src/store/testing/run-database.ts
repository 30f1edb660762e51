import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { lockDataDirectory } from '../../data-directory/control-plane-lock.ts'
import { openDataDirectory } from '../../data-directory/open-data-directory.ts'
import { openSocketDirectory } from '../../data-directory/socket-directory.ts'
import { openDatabase } from '../database.ts'
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts'
import {
  type RunDatabaseOptions,
  type RunDatabaseReport,
  runDatabaseOptionsSchema,
} from './run-database-options.ts'

/**
 * A program for tests of faults: opens the data directory as a control plane does, then writes rows one
 * after the other and reports each that the database acknowledged, until its stdin ends.
 */
async function runDatabase(options: RunDatabaseOptions): Promise<void> {
  if (options.uid !== undefined) {
    process.setgroups?.([])
    process.setgid?.(options.uid)
    process.setuid?.(options.uid)
  }
  const uid = process.getuid?.() ?? 0
  const user = { uid, gid: process.getgid?.() ?? 0, home: '/' }
  const environment = { XDG_RUNTIME_DIR: options.runtimeDirectory }
  const paths = await openDataDirectory(options.data, user)
  const lock = await lockDataDirectory(paths.lock, {
    pid: process.pid,
    clock: () => new Date(),
    newId: randomUUID,
  })
  const socketDirectory = await openSocketDirectory(paths.root, environment, user)
  const server = await startEmbeddedPostgres({
    paths,
    socketDirectory,
    user,
    packageFrom: [options.packageFrom],
    newId: randomUUID,
    onEvent: ({ event }) => report({ event }),
  })
  const database = await openDatabase({ connection: server.connection })
  await database.db.execute(sql`create table if not exists written (run text, number integer)`)
  report({ event: 'open', pid: server.pid, socketDirectory })

  let ended = false
  process.stdin.on('end', () => {
    ended = true
  })
  process.stdin.resume()
  for (let number = 1; !ended; number += 1) {
    await database.db.execute(sql`insert into written values (${options.run}, ${number})`)
    report({ event: 'written', number })
  }
  await database.close()
  await server.stop()
  await lock.release()
}

function report(line: RunDatabaseReport): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

try {
  await runDatabase(runDatabaseOptionsSchema.parse(JSON.parse(process.argv[2] ?? '{}')))
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  report({ event: 'failed', code, message: String(error) })
  process.exitCode = 1
}
