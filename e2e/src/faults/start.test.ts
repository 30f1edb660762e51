import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  runToEnd,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { freePort } from '../testing/cutting-proxy.ts'

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(() => removeControlPlane(plane))

it('does not start twice on one data directory, and says who holds it', async () => {
  const { exitCode, stdout, stderr } = await runToEnd(upOn(plane.data))

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain(String(plane.pid))
  expect(stderr).toContain(plane.url)
  expect((await plane.client.me()).principal).toBe('api-key')
})

it('does not start on a port that is taken, and leaves nothing running', async () => {
  const port = await freePort()
  const taken = createServer().listen(port, '127.0.0.1')
  const data = await mkdtemp(join(tmpdir(), 'am-e2e-'))

  const { exitCode, stdout, stderr } = await runToEnd(upOn(data, port))
  taken.close()
  await rm(data, { recursive: true, force: true })

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain(String(port))
})

it.each([
  [['up', '--colour', 'red'], 2],
  [['up', '--port', 'seventy'], 2],
  [['up', '--host', '0.0.0.0', '--no-open'], 1],
])('answers %j with one sentence and exit code %i', async (args, expected) => {
  const data = await mkdtemp(join(tmpdir(), 'am-e2e-'))

  const { exitCode, stdout, stderr } = await runToEnd([...args, '--data', data])
  await rm(data, { recursive: true, force: true })

  expect([1, 2]).toContain(exitCode)
  if (expected === 2) expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr.trim()).not.toBe('')
  expect(stderr).not.toMatch(/^\s+at /m)
})

it('does not start with a key that others can read', async () => {
  await plane.stop()
  await chmod(join(plane.data, 'secret.key'), 0o644)

  const { exitCode, stderr } = await runToEnd(upOn(plane.data))
  await chmod(join(plane.data, 'secret.key'), 0o600)

  expect(exitCode).toBe(1)
  expect(stderr).toContain('secret.key')
  plane = await startControlPlane({ data: plane.data })
})

it('does not touch a data directory that a newer version migrated', async () => {
  await plane.stop()
  await inDatabase("insert into schema_migrations (version, name) values (9999, 'from the future')")

  const { exitCode, stdout, stderr } = await runToEnd(upOn(plane.data))
  await inDatabase('delete from schema_migrations where version = 9999')

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain('9999')
  plane = await startControlPlane({ data: plane.data })
})

function upOn(data: string, port = 0): string[] {
  return ['up', '--data', data, '--port', String(port), '--no-open']
}

/** Runs a statement in the stopped database, as the user whose it is. */
async function inDatabase(statement: string): Promise<void> {
  const folder = join(plane.data, 'database')
  const { uid, gid } = await stat(folder)
  const versions = await readdir(join(plane.data, 'postgres'))
  const version = versions.find((name) => !name.startsWith('.')) ?? ''
  const program = join(plane.data, 'postgres', version, 'bin/postgres')
  const child = spawn(program, ['--single', '-D', folder, 'postgres'], {
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  child.stdin.end(`${statement};\n`)
  const [code] = await once(child, 'close')
  if (code !== 0 || said.includes('ERROR')) throw new Error(`${statement}: ${said}`)
}
