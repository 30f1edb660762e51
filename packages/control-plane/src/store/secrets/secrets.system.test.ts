import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestClock, openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts'
import { CredentialService, type EnvironmentCredentials } from './credential-service.ts'
import { CredentialStore } from './credential-store.ts'
import { Vault } from './vault.ts'

const definitions = [
  { name: 'OPENAI_API_KEY', label: 'OpenAI key', kind: 'upstream', opens: 'OpenAI' },
  { name: 'CUSTOM_API_KEY', label: 'Custom key', kind: 'upstream', opens: 'Custom endpoint' },
] as const
const address = { workspace: 'w', kind: 'machine-env', name: 'm1' }
const { clock } = createTestClock()
let test: TestDatabase
let keyEncryptionKey: Buffer

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.db.execute(sql`truncate workspace_keys, credentials`)
  keyEncryptionKey = randomBytes(32)
})

describe('Vault', () => {
  it('opens what another control plane with the same key sealed, also when both begin at once', async () => {
    const [one, two] = [aVault(), aVault()]

    const [first, second] = await Promise.all([one.seal(address, 'größe'), two.seal(address, '')])

    expect(await two.open(address, first)).toBe('größe')
    expect(await one.open(address, second)).toBe('')
  })

  it('detects another key at the start', async () => {
    await aVault().seal(address, 'value')
    await expect(aVault().check()).resolves.toBeUndefined()

    keyEncryptionKey = randomBytes(32)

    await expect(aVault().check()).rejects.toMatchObject({ code: 'SECRET_KEY_UNUSABLE' })
    await expect(aVault().seal(address, 'value')).rejects.toMatchObject({ code: 'SECRET_KEY_UNUSABLE' })
  })

  it('does not open a value that was moved to another name', async () => {
    const vault = aVault()
    const sealed = await vault.seal(address, 'value')

    await expect(vault.open({ ...address, name: 'm2' }, sealed)).rejects.toMatchObject({
      code: 'SECRET_KEY_UNUSABLE',
    })
  })
})

describe('a digest', () => {
  it('is the same for every control plane with the key, and for one workspace and text alone', async () => {
    const digest = await aVault().digest('w', 'text')

    expect(await aVault().digest('w', 'text')).toBe(digest)
    expect(await aVault().digest('w', 'texts')).not.toBe(digest)
    expect(await aVault().digest('v', 'text')).not.toBe(digest)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('CredentialService', () => {
  it('tells of a stored credential everything but its value', async () => {
    const service = aService()
    await service.put('w', 'OPENAI_API_KEY', {
      value: 'sk-1234567890abcd',
      baseUrl: 'https://proxy.example/v1',
    })

    const usedBy = new Map([['OPENAI_API_KEY', ['ada']]])
    expect((await service.list('w', usedBy))[0]).toEqual({
      ...definitions[0],
      configured: true,
      source: 'stored',
      last4: 'abcd',
      baseUrl: 'https://proxy.example/v1',
      protocols: null,
      updatedAt: clock().toISOString(),
      usedBy: ['ada'],
    })
    expect(await service.resolve('w', 'OPENAI_API_KEY')).toMatchObject({ value: 'sk-1234567890abcd' })
    expect(await service.resolve('other', 'OPENAI_API_KEY')).toBeUndefined()
    const { rows } = await test.database.db.execute(
      sql`select encode(sealed, 'escape') as text from credentials`,
    )
    expect(JSON.stringify(rows)).not.toContain('1234567890')
  })

  it('replaces and removes, and shows nothing of a short value', async () => {
    const service = aService()
    await service.put('w', 'CUSTOM_API_KEY', { value: 'first', protocols: ['openai-chat'] })
    await service.put('w', 'CUSTOM_API_KEY', { value: '' })

    expect((await service.list('w'))[1]).toMatchObject({ configured: true, last4: null, protocols: null })
    expect(await service.resolve('w', 'CUSTOM_API_KEY')).toMatchObject({ value: '' })

    await service.remove('w', 'CUSTOM_API_KEY')
    await service.remove('w', 'CUSTOM_API_KEY')
    expect((await service.list('w'))[1]).toMatchObject({ configured: false, source: null })
  })

  it('prefers the environment, shows it as such and never stores over it', async () => {
    const service = aService({ OPENAI_API_KEY: { value: 'sk-environment', baseUrl: 'http://127.0.0.1:9' } })

    expect((await service.list('w'))[0]).toMatchObject({
      configured: true,
      source: 'environment',
      last4: 'ment',
    })
    expect(await service.resolve('w', 'OPENAI_API_KEY')).toEqual({
      value: 'sk-environment',
      baseUrl: 'http://127.0.0.1:9',
      protocols: null,
    })
    for (const change of [
      service.put('w', 'OPENAI_API_KEY', { value: 'x' }),
      service.remove('w', 'OPENAI_API_KEY'),
    ]) {
      await expect(change).rejects.toMatchObject({ code: 'CREDENTIAL_FROM_ENVIRONMENT' })
    }
  })

  it('knows only declared names', async () => {
    await expect(aService().put('w', 'OTHER', { value: 'x' })).rejects.toMatchObject({
      code: 'CREDENTIAL_UNKNOWN',
    })
  })
})

function aVault(): Vault {
  return new Vault({ db: test.database.db, keyEncryptionKey, clock, randomBytes })
}

function aService(environment: EnvironmentCredentials = {}): CredentialService {
  const store = new CredentialStore(test.database.db, aVault(), clock)
  return new CredentialService({ store, definitions, environment })
}
