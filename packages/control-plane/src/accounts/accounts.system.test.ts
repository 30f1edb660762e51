import { randomUUID } from 'node:crypto'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MachineChanges } from '../store/machine-changes.ts'
import {
  createTestClock,
  newTestSecret,
  openTestDatabase,
  type TestDatabase,
} from '../store/testing/open-test-database.ts'
import { AccountService } from './account-service.ts'
import { allowListOf } from './allow-list.ts'
import { ApiKeyStore } from './api-key-store.ts'
import { ensureLocalApiKey } from './local-api-key.ts'
import { LoginRateLimit } from './login-rate-limit.ts'
import { LoginTokens } from './login-tokens.ts'
import { RecentPrincipals } from './recent-principals.ts'
import { SessionStore } from './session-store.ts'

const dayMs = 24 * 60 * 60 * 1000
const uid = process.getuid?.() ?? 0
let test: TestDatabase
let time = createTestClock()

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.db.execute(sql`truncate login_tokens, sessions, api_keys, login_attempts`)
  time = createTestClock()
})

describe('login tokens', () => {
  it('open once, however many try at the same time', async () => {
    const { tokens } = accounts()
    const token = await tokens.mint('w')

    const opened = await Promise.all(Array.from({ length: 10 }, () => tokens.redeem(token)))

    expect(opened.filter((workspace) => workspace === 'w')).toHaveLength(1)
  })

  it('end after 15 minutes', async () => {
    const { tokens } = accounts()
    const token = await tokens.mint('w')

    time.advance(15 * 60_000)

    expect(await tokens.redeem(token)).toBeUndefined()
  })
})

describe('sessions', () => {
  it('need the cookie and the proof of the same session', async () => {
    const { sessions } = accounts()
    const [one, two] = [await sessions.create('w'), await sessions.create('w')]

    expect(await sessions.authenticate(one.cookie, one.proof)).toEqual({
      kind: 'session',
      id: one.id,
      workspace: 'w',
    })
    expect(await sessions.authenticate(one.cookie, two.proof)).toBeUndefined()
    expect(await sessions.authenticate(one.proof, one.proof)).toBeUndefined()

    await sessions.remove(one.id)
    expect(await sessions.authenticate(one.cookie, one.proof)).toBeUndefined()
  })

  it('last 30 days from their last use', async () => {
    const { sessions } = accounts()
    const { cookie, proof } = await sessions.create('w')

    time.advance(29 * dayMs)
    expect(await sessions.authenticate(cookie, proof)).toBeDefined()
    time.advance(29 * dayMs)
    expect(await sessions.authenticate(cookie, proof)).toBeDefined()
    time.advance(30 * dayMs)
    expect(await sessions.authenticate(cookie, proof)).toBeUndefined()
  })

  it('are stored without anything that signs in', async () => {
    const { sessions } = accounts()
    const { cookie, proof } = await sessions.create('w')

    const { rows } = await test.database.db.execute(sql`select s::text as text from sessions s`)

    expect(JSON.stringify(rows)).not.toContain(cookie)
    expect(JSON.stringify(rows)).not.toContain(proof)
  })
})

describe('API keys', () => {
  it('refuses a key at once that another instance revoked', async () => {
    const here = accounts()
    const { keys: elsewhere } = accounts()
    const changes = new MachineChanges({
      createClient: test.database.createClient,
      onRevoked: () => here.recent.forgetAll(),
    })
    await changes.start()
    const { id, key } = await here.keys.create({ workspace: 'w', name: 'shared' })
    expect(await here.keys.authenticate(key)).toBeDefined()

    await elsewhere.remove('w', id)

    await vi.waitFor(async () => expect(await here.keys.authenticate(key)).toBeUndefined())
    await changes.close()
  })

  it('are shown once and work until removed', async () => {
    const { keys } = accounts()
    const { key, ...shown } = await keys.create({ workspace: 'w', name: 'ci' })

    expect(key).toMatch(/^am_[A-Za-z0-9_-]{43}$/)
    expect(await keys.list('w')).toEqual([shown])
    expect(await keys.authenticate(key)).toEqual({ kind: 'api-key', id: shown.id, workspace: 'w' })
    expect(await keys.remove('other', shown.id)).toBe(false)
    expect(await keys.remove('w', shown.id)).toBe(true)
    expect(await keys.authenticate(key)).toBeUndefined()
  })

  it('note their last use at most once a minute', async () => {
    const { keys } = accounts()
    const { key } = await keys.create({ workspace: 'w', name: 'ci' })
    await keys.authenticate(key)
    const first = time.clock().toISOString()

    time.advance(59_999)
    await keys.authenticate(key)
    expect((await keys.list('w'))[0]?.lastUsedAt).toBe(first)
    time.advance(1_001)
    await keys.authenticate(key)
    expect((await keys.list('w'))[0]?.lastUsedAt).toBe(time.clock().toISOString())
  })
})

describe('the local API key', () => {
  it('stays while it works, also when several control planes start together', async () => {
    await Promise.all(Array.from({ length: 5 }, ensureKey))
    const first = await readKey()
    await ensureKey()

    expect(await readKey()).toBe(first)
    expect(await accounts().keys.authenticate(first)).toMatchObject({ kind: 'api-key', workspace: 'w' })
    expect(await accounts().keys.list('w')).toEqual([])
  })

  it.each([
    ['gone', () => rm(test.paths.localApiKey)],
    ['wrong', () => writeFile(test.paths.localApiKey, 'am_wrong')],
    ['open to others', () => chmod(test.paths.localApiKey, 0o644)],
  ])('is made anew when the file is %s, and the old one ends', async (_what, spoil) => {
    await ensureKey()
    const old = await readKey()
    await spoil()

    await ensureKey()

    const fresh = await readKey()
    expect(fresh).not.toBe(old)
    expect(await accounts().keys.authenticate(fresh)).toBeDefined()
    expect(await accounts().keys.authenticate(old)).toBeUndefined()
  })
})

describe('signing in', () => {
  const allowList = allowListOf(3210)
  const request = {
    method: 'POST',
    transport: 'http',
    host: '127.0.0.1:3210',
    origin: 'http://127.0.0.1:3210',
    secFetchSite: 'same-origin',
    authorization: undefined,
    cookie: undefined,
    proof: undefined,
  } as const

  it('turns a token into a session that makes requests', async () => {
    const { service, tokens } = accounts()
    const token = await tokens.mint('w')

    const { cookie, proof } = await service.signIn(request, allowList, { token, address: '127.0.0.1' })

    const principal = await service.authorize({ ...request, cookie, proof }, allowList)
    expect(principal).toMatchObject({ kind: 'session', workspace: 'w' })
    await expect(service.authorize({ ...request, cookie, proof: 'guess' }, allowList)).rejects.toMatchObject({
      code: 'SIGN_IN_REQUIRED',
    })
  })

  it('is not possible from another origin, and the token stays unused', async () => {
    const { service, tokens } = accounts()
    const token = await tokens.mint('w')

    const foreign = { ...request, origin: 'http://127.0.0.1:8080' }
    await expect(service.signIn(foreign, allowList, { token, address: 'a' })).rejects.toMatchObject({
      code: 'ORIGIN_REFUSED',
    })

    expect(await tokens.redeem(token)).toBe('w')
  })

  it('is refused after ten attempts in a minute from one address, counted across control planes', async () => {
    const { service } = accounts()
    const attempt = () => service.signIn(request, allowList, { token: 'wrong', address: 'a' }).catch(codeOf)

    const codes = await Promise.all(Array.from({ length: 12 }, attempt))

    expect(codes.filter((code) => code === 'LOGIN_TOKEN_REFUSED')).toHaveLength(10)
    expect(codes.filter((code) => code === 'LOGIN_RATE_LIMITED')).toHaveLength(2)
    const other = service.signIn(request, allowList, { token: 'wrong', address: 'b' })
    await expect(other).rejects.toMatchObject({ code: 'LOGIN_TOKEN_REFUSED' })
    time.advance(60_000)
    expect(await attempt()).toBe('LOGIN_TOKEN_REFUSED')
  })
})

function accounts() {
  const { db } = test.database
  const shared = {
    recent: new RecentPrincipals(),
    db,
    clock: time.clock,
    newId: randomUUID,
    newSecret: newTestSecret,
  }
  const keys = new ApiKeyStore(shared)
  const sessions = new SessionStore(shared)
  const tokens = new LoginTokens(shared)
  const rateLimit = new LoginRateLimit(db, time.clock)
  return {
    recent: shared.recent,
    keys,
    sessions,
    tokens,
    service: new AccountService({ keys, sessions, tokens, rateLimit }),
  }
}

async function ensureKey(): Promise<void> {
  const { keys } = accounts()
  const path = test.paths.localApiKey
  await ensureLocalApiKey({ db: test.database.db, keys, path, uid, workspace: 'w', newId: randomUUID })
}

async function readKey(): Promise<string> {
  return (await readFile(test.paths.localApiKey, 'utf8')).trim()
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}
