import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDataDirectory } from './control-plane-lock.ts'
import { openDataDirectory } from './open-data-directory.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { processIdentityOf } from './process-identity.ts'
import { openSecretKey, parseSecretKey } from './secret-key.ts'

const uid = process.getuid?.() ?? 0
const user = { uid, gid: process.getgid?.() ?? 0, home: '/' }
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'am-test-'))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('openDataDirectory', () => {
  it('makes every folder with its mode, and mends modes that were changed', async () => {
    const path = join(folder, 'deep/data')
    await openDataDirectory(path, user)
    await chmod(path, 0o777)

    const paths = await openDataDirectory(path, user)

    expect(await modeOf(paths.root)).toBe(uid === 0 ? 0o711 : 0o700)
    expect(await modeOf(paths.machines)).toBe(uid === 0 ? 0o711 : 0o700)
    expect(await modeOf(paths.runtimes)).toBe(uid === 0 ? 0o755 : 0o700)
  })

  it.runIf(uid === 0)('as root refuses a closed parent by its name and makes nothing', async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o700 })

    const opening = openDataDirectory(join(closed, 'a/data'), user)

    await expect(opening).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_UNUSABLE',
      details: { parent: closed },
    })
    expect(await readdir(closed)).toEqual([])
  })

  it('refuses a file in the way', async () => {
    await writeFile(join(folder, 'file'), '')

    await expect(openDataDirectory(join(folder, 'file'), user)).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_UNUSABLE',
    })
    await expect(openDataDirectory(join(folder, 'file/data'), user)).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_UNUSABLE',
    })
  })

  it('refuses a folder of another user', async () => {
    const opening = openDataDirectory(folder, { ...user, uid: uid + 1 })

    await expect(opening).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNUSABLE' })
  })

  it('gives the real path of a linked folder', async () => {
    await mkdir(join(folder, 'real'))
    await symlink(join(folder, 'real'), join(folder, 'link'))

    expect((await openDataDirectory(join(folder, 'link'), user)).root).toBe(join(folder, 'real'))
  })
})

describe('openSecretKey', () => {
  const optionsFor = (path: string) => ({
    fromEnvironment: undefined,
    path,
    uid,
    randomBytes,
    newId: randomUUID,
  })

  it('makes one key, also when several ask at once, and keeps it', async () => {
    const path = join(folder, 'secret.key')

    const keys = await Promise.all(Array.from({ length: 8 }, () => openSecretKey(optionsFor(path))))

    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(await openSecretKey(optionsFor(path))).toEqual(keys[0])
    expect(await modeOf(path)).toBe(0o600)
    expect(await readdir(folder)).toEqual(['secret.key'])
  })

  it.each([0o640, 0o604, 0o660])('refuses a file with mode %o', async (mode) => {
    const path = join(folder, 'secret.key')
    await openSecretKey(optionsFor(path))
    await chmod(path, mode)

    await expect(openSecretKey(optionsFor(path))).rejects.toMatchObject({ code: 'SECRET_KEY_UNUSABLE' })
  })

  it('refuses a link, a broken key and the file of another user', async () => {
    const path = join(folder, 'secret.key')
    await openSecretKey(optionsFor(path))
    await symlink(path, join(folder, 'link'))
    await writeFile(join(folder, 'broken'), 'c2hvcnQ=', { mode: 0o600 })

    for (const options of [
      optionsFor(join(folder, 'link')),
      optionsFor(join(folder, 'broken')),
      { ...optionsFor(path), uid: uid + 1 },
    ]) {
      await expect(openSecretKey(options)).rejects.toMatchObject({ code: 'SECRET_KEY_UNUSABLE' })
    }
  })

  it('is not made anew when something is sealed with the lost one', async () => {
    const options = { ...optionsFor(join(folder, 'secret.key')), mayMake: async () => false }

    await expect(openSecretKey(options)).rejects.toMatchObject({ code: 'SECRET_KEY_UNUSABLE' })
    expect(await readdir(folder)).toEqual([])
  })

  it('prefers the environment and makes no file then', async () => {
    const key = randomBytes(32)
    const options = { ...optionsFor(join(folder, 'secret.key')), fromEnvironment: key.toString('base64') }

    expect(await openSecretKey(options)).toEqual(key)
    expect(await readdir(folder)).toEqual([])
  })

  it('never repeats a bad value in its message', () => {
    expect(() => parseSecretKey('sup3r-secret!', 'X')).toThrowError(/^X does not hold 32 bytes in base64.$/)
  })
})

describe('private files', () => {
  it('are replaced as a whole and read only while private', async () => {
    const path = join(folder, 'local-api-key')
    await writePrivateFile(path, 'one', randomUUID)
    await writePrivateFile(path, 'two', randomUUID)

    expect(await readPrivateFile(path, uid)).toBe('two')
    expect(await modeOf(path)).toBe(0o600)
    await chmod(path, 0o644)
    expect(await readPrivateFile(path, uid)).toBeUndefined()
    expect(await readPrivateFile(join(folder, 'missing'), uid)).toBeUndefined()
  })
})

describe('lockDataDirectory', () => {
  const options = { pid: process.pid, clock: () => new Date('2030-01-02T03:04:05Z'), newId: randomUUID }
  const pathOf = () => join(folder, 'control-plane.lock')

  it('lets one in and tells the others who it is', async () => {
    const lock = await lockDataDirectory(pathOf(), options)
    await lock.setAddress('http://127.0.0.1:3210')

    await expect(lockDataDirectory(pathOf(), options)).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_LOCKED',
      details: { pid: process.pid, since: '2030-01-02T03:04:05.000Z', address: 'http://127.0.0.1:3210' },
    })

    await lock.release()
    await (await lockDataDirectory(pathOf(), options)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('lets exactly one of many in, over the lock of a process that died', async () => {
    for (let round = 0; round < 20; round++) {
      const dead = { pid: process.pid, process: 'an-earlier-boot:1', since: String(round), address: null }
      await writeFile(pathOf(), JSON.stringify(dead))

      const attempts = await Promise.allSettled(
        Array.from({ length: 20 }, () => lockDataDirectory(pathOf(), options)),
      )

      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('gets in where a process was killed while it took a dead lock away', async () => {
    const dead = JSON.stringify({ pid: process.pid, process: 'an-earlier-boot:1', since: '', address: null })
    await writeFile(pathOf(), dead)
    const right = createHash('sha256').update(dead).digest('hex').slice(0, 32)
    await writeFile(`${pathOf()}.${right}`, '')

    await (await lockDataDirectory(pathOf(), options)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('clears away what killed processes were about to write', async () => {
    const old = join(folder, 'secret.key.draft')
    await writeFile(old, '')
    await writeFile(join(folder, 'secret.key'), '')

    const lock = await lockDataDirectory(pathOf(), { ...options, clock: () => new Date(Date.now() + 61_000) })

    expect(await readdir(folder)).toEqual(['control-plane.lock', 'secret.key'])
    await lock.release()
  })

  it.each(['', '{"pid":', 'null'])('takes over a lock that says %j', async (content) => {
    await writeFile(pathOf(), content)

    const lock = await lockDataDirectory(pathOf(), options)

    expect(JSON.parse(await readFile(pathOf(), 'utf8'))).toMatchObject({ pid: process.pid })
    await lock.release()
  })
})

describe('processIdentityOf', () => {
  it('is stable for a live process and absent for none', async () => {
    expect(await processIdentityOf(process.pid)).toBe(await processIdentityOf(process.pid))
    expect(await processIdentityOf(process.pid)).not.toBe(await processIdentityOf(process.ppid))
    expect(await processIdentityOf(2 ** 22 + 1)).toBeUndefined()
  })
})

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777
}
