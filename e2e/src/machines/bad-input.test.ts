import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, untilState } from '../testing/machines.ts'

const shell = { runtime: 'shell', substrate: 'local' }

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane({ args: ['--allow-mount'] })
})

afterAll(() => removeControlPlane(plane))

describe('what is asked for and cannot be had', () => {
  it.each([
    [{ ...shell, runtime: 'emacs' }, 422, 'RUNTIME_UNKNOWN'],
    [{ ...shell, substrate: 'moon' }, 422, 'SUBSTRATE_UNKNOWN'],
    [{ runtime: 'claude-code', substrate: 'local', upstream: 'oracle' }, 422, 'UPSTREAM_UNKNOWN'],
    [{ runtime: 'claude-code', substrate: 'local', upstream: 'anthropic' }, 422, 'GATE_BLOCKED'],
    [{ runtime: 'claude-code', substrate: 'local', upstream: 'openai' }, 422, 'GATE_BLOCKED'],
    [{ runtime: 'shell' }, 400, 'REQUEST_INVALID'],
    [{ ...shell, colour: 'red' }, 400, 'REQUEST_INVALID'],
    [{ ...shell, spec: { cpus: -1 } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, name: 'Ünicode' }, 400, 'REQUEST_INVALID'],
    [{ ...shell, name: 'a'.repeat(200) }, 400, 'REQUEST_INVALID'],
    [{ ...shell, name: '../../etc' }, 400, 'REQUEST_INVALID'],
    [{ ...shell, env: { 'A B': '1' } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, workspace: { git: '--upload-pack=touch /tmp/x' } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, labels: { team: 'a\0b' } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, labels: { team: '\ud800' } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, env: { WORD: 'a\0b' } }, 400, 'REQUEST_INVALID'],
    [{ ...shell, workspace: { hostPath: '/etc' } }, 422, 'WORKSPACE_NOT_ACCESSIBLE'],
    [{ ...shell, workspace: { hostPath: `/${'x'.repeat(300)}` } }, 422, 'WORKSPACE_NOT_ACCESSIBLE'],
  ])('%j is answered with %i %s', async (body, status, code) => {
    const answer = await post('/machines', JSON.stringify(body))

    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const problem = await answer.json()
    expect(problem).toMatchObject({ code, status, hint: expect.any(String), requestId: expect.any(String) })
  })

  it('leaves no machine behind', async () => {
    expect((await plane.client.machines.list({ include: 'destroyed' })).items).toEqual([])
  })

  it('says what the gate misses and where to put it', async () => {
    const verdict = await plane.client.gate({ runtime: 'claude-code', substrate: 'local' })

    expect(verdict).toMatchObject({ state: 'blocked', reasons: [{ axis: 'upstream', code: 'key-missing' }] })
    expect(verdict.reasons[0]?.fix).toMatch(/\S/)
  })

  it.each(['{', '[]', 'null', '"text"'])('%s is not taken for a request', async (body) => {
    const answer = await post('/machines', body)

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it.each(['wake', 'sleep', 'bootstrap'])(
    'refuses a body that is no JSON also where it needs none: %s',
    async (action) => {
      const answer = await post(`/machines/none/${action}`, '{')

      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' })
    },
  )

  it('takes an id with NUL for no id', async () => {
    expect((await request('GET', '/machines/%00', {})).status).toBe(400)
  })

  it('refuses a body over 1 MiB', async () => {
    const answer = await post('/machines', JSON.stringify({ ...shell, name: 'x'.repeat(2 ** 20) }))

    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  it('refuses a body over 1 MiB whose length nobody said', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)),
    })

    const answer = await request('POST', '/machines', { body, duplex: 'half' }).catch(
      (error: unknown) => error,
    )

    if (answer instanceof Response) expect(answer.status).toBe(413)
    else expect(answer).toBeInstanceOf(TypeError)
    expect((await plane.client.machines.list()).items).toEqual([])
  })
})

describe('asking again', () => {
  it('gives one machine for one key, and none for another body under it', async () => {
    const key = randomUUID()
    const name = 'asked-again'
    const asked = await Promise.all(
      Array.from({ length: 5 }, () =>
        plane.client.machines.create({ ...shell, name }, { idempotencyKey: key }),
      ),
    )
    const other = await post('/machines', JSON.stringify({ ...shell, name: 'other' }), {
      'idempotency-key': key,
    })

    expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
  })

  it('answers as the first time when the machine could not be had any more', async () => {
    const hostPath = mkdtempSync(join(tmpdir(), 'am-folder-'))
    chmodSync(hostPath, 0o777)
    const ask = () =>
      plane.client.machines.create({ ...shell, workspace: { hostPath } }, { idempotencyKey: hostPath })
    const first = await ask()
    await untilState(plane, first.id, ['ready'])
    await plane.client.machines.destroy(first.id)
    rmSync(hostPath, { recursive: true })

    expect((await ask()).id).toBe(first.id)
  })

  it.each(['', 'x'.repeat(129), 'tab\there'])('refuses %j as a key', async (key) => {
    const answer = await post('/machines', JSON.stringify(shell), { 'idempotency-key': key })

    expect(answer.status).toBe(400)
  })

  it('refuses a name that is taken, until its machine is gone', async () => {
    const first = await deployMachine(plane, { name: 'taken' })

    const second = plane.client.machines.create({ ...shell, name: 'taken' })
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    await plane.client.machines.destroy(first.id)

    expect((await deployMachine(plane, { name: 'taken' })).id).not.toBe(first.id)
  })
})

describe('a machine that is not there', () => {
  it('is unknown', async () => {
    await expect(plane.client.machines.get('mnobody')).rejects.toMatchObject({ code: 'MACHINE_UNKNOWN' })
    await expect(plane.client.machines.destroy('mnobody')).rejects.toMatchObject({ code: 'MACHINE_UNKNOWN' })
  })

  it('is destroyed twice without harm and answers as destroyed afterwards', async () => {
    const { id } = await deployMachine(plane)

    const both = await Promise.all([plane.client.machines.destroy(id), plane.client.machines.destroy(id)])
    const third = await plane.client.machines.destroy(id)
    await untilState(plane, id, ['destroyed'])

    expect([...both, third].every(({ gone }) => gone)).toBe(true)
    const actions = await Promise.allSettled([
      plane.client.machines.exec(id, { command: 'true' }),
      plane.client.machines.wake(id),
      plane.client.machines.sleep(id),
      plane.client.console.open(id, { cols: 80, rows: 24 }),
    ])
    for (const action of actions) expect(action).toMatchObject({ reason: { code: 'MACHINE_DESTROYED' } })
    const { items } = await plane.client.machines.list({ limit: 200 })
    expect(items.map((machine) => machine.id)).not.toContain(id)
    const all = await plane.client.machines.list({ limit: 200, include: 'destroyed' })
    expect(all.items.map((machine) => machine.id)).toContain(id)
  })
})

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return request('POST', path, { body, headers })
}

function request(
  method: string,
  path: string,
  init: RequestInit & { duplex?: 'half' } = {},
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${plane.apiKey}`,
    'content-type': 'application/json',
    ...(init.headers as Record<string, string>),
  }
  return fetch(`${plane.url}/api/v1${path}`, {
    ...init,
    method,
    headers,
    signal: AbortSignal.timeout(20_000),
  })
}
