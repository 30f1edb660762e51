import type { CreateRunInput, Machine, Protocol, Run, StoredRunEvent } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, revokedKey, startModelServer } from '../model-server/start-model-server.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  runAm,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'
import { isTested } from '../testing/tested-runtimes.ts'

const canary = 'sk-canary-Ohn5eiTh-runs'

let model: ModelServer
let plane: ControlPlaneProcess
let machines: Record<'claude-code' | 'codex' | 'shell', Machine> & { opencode?: Machine }
let environment: Record<string, string>

beforeAll(async () => {
  model = await startModelServer()
  environment = {
    ANTHROPIC_API_KEY: canary,
    ANTHROPIC_BASE_URL: model.url,
    OPENAI_API_KEY: canary,
    OPENAI_BASE_URL: `${model.url}/v1`,
  }
  plane = await startControlPlane({ environment })
  const [claude, codex, opencode, shell] = await Promise.all([
    deploy({ runtime: 'claude-code', env: { CLAUDE_CODE_MAX_RETRIES: '1' } }),
    deploy({ runtime: 'codex', model: 'gpt-test' }),
    isTested('opencode') ? deploy({ runtime: 'opencode', model: 'gpt-test' }) : undefined,
    deployMachine(plane),
  ])
  machines = { 'claude-code': claude, codex, shell, ...(opencode ? { opencode } : {}) }
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

const able = (['claude-code', 'codex', 'opencode'] as const).filter(isTested)

describe.concurrent.each(able)('a run of %s', (runtime) => {
  it('does its task, tells what it did and used, and can be gone on with', async () => {
    const first = await done(runtime, { task: 'TOOLCALL[echo made by $$ > made-by-run]', permissions: 'all' })
    const second = await done(runtime, { task: 'ANSWER[the second]', session: first.run.session ?? '' })

    const names = first.events.map(({ event }) => event).filter((name) => name !== 'error')
    const told = names.filter((name) => name !== 'usage')
    expect(told).toEqual(['session', 'tool-call', 'tool-result', 'message', 'end'])
    expect(names.at(-2)).toBe('usage')
    expect(first.events.map(({ seq }) => seq)).toEqual(first.events.map((_, index) => index + 1))
    expect(first.run).toMatchObject({
      state: 'done',
      exitCode: 0,
      usage: { inputTokens: 20, outputTokens: 10 },
      result: expect.stringContaining('The command printed'),
    })
    expect(await outputOf(plane, idOf(runtime), 'cat ~/work/made-by-run')).toMatch(/^made by \d+$/)
    expect(second.run).toMatchObject({
      state: 'done',
      session: first.run.session,
      result: 'the second',
      usage: { inputTokens: 10, outputTokens: 5 },
    })
    expect(await outputOf(plane, idOf(runtime), 'ls ~/.agent-machines/runs')).not.toContain(first.run.id)
  })

  it('is cancelled with all its processes', async () => {
    const { id } = await start(runtime, {
      task: 'TOOLCALL[while :; do echo x >> beats; read -t 0.05 nothing <> <(:); done]',
      permissions: 'all',
    })
    await eventually(
      'the tool at work',
      async () => (await outputOf(plane, idOf(runtime), 'cat ~/work/beats || true')) || null,
      90_000,
    )

    await plane.client.runs.cancel(idOf(runtime), id)
    const { run, events } = await ended(runtime, id)

    expect(run).toMatchObject({ state: 'cancelled', cancelRequested: true })
    expect(events.at(-1)?.event).toBe('end')
    expect(await outputOf(plane, idOf(runtime), `grep -l [R]UN=${id} /proc/[0-9]*/environ || true`)).toBe('')
  })

  it('says that the model source has reached its limit', async () => {
    const { run } = await done(runtime, { task: 'ERROR[429]' })

    expect(run).toMatchObject({ state: 'limit-reached', cause: { code: 'limited', isTransient: true } })
  })
})

it('stops at its budget where the runtime can, and says so where it cannot', async () => {
  const { run } = await done('claude-code', {
    task: 'TOOLCALL[echo costly]',
    permissions: 'all',
    budgetUsd: 0.000001,
  })

  expect(run).toMatchObject({ state: 'budget-reached', usage: { costSource: 'runtime' } })
  await expect(start('codex', { task: 'x', budgetUsd: 1 })).rejects.toMatchObject({
    code: 'CAPABILITY_UNSUPPORTED',
  })
  await expect(start('shell', { task: 'x' })).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' })
})

it('says that the key is refused, and works with the one that replaces it', async () => {
  const put = (value: string) => {
    const protocols: Protocol[] = ['anthropic-messages']
    return plane.client.credentials.put('CUSTOM_API_KEY', { value, baseUrl: model.url, protocols })
  }
  await put(revokedKey)
  const { id } = await deploy({ runtime: 'claude-code', upstream: 'custom', model: 'test-model' })
  const told = await runAm(plane, ['run', id, 'ANSWER[with which key]'])
  const [refused] = (await plane.client.runs.list(id)).items

  expect(refused).toMatchObject({ state: 'failed', cause: { code: 'key-refused', isTransient: false } })
  expect(told).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(refused?.cause?.fix ?? '-') })

  await put('sk-valid')
  await untilState(plane, id, ['ready'])
  const { stdout } = await runAm(plane, ['run', id, 'ANSWER[with the new key]'])

  expect(stdout).toContain('with the new key')
  await plane.client.machines.destroy(id)
})

it('goes on while the control plane is killed, and loses no event', async () => {
  const { id } = await start('codex', { task: 'SLOW[60]' })
  await untilEvent('codex', id, 'session')

  await plane.kill()
  const { data } = plane
  plane = await startControlPlane({ environment, data })
  const { run, events } = await ended('codex', id)

  expect(run).toMatchObject({ state: 'done', result: expect.stringMatching(/^token-1 .*token-60/) })
  expect(events.filter(({ event }) => event === 'session')).toHaveLength(1)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const rest = await allOf(plane.client.runs.stream(idOf('codex'), id, { lastEventId: '1' }))
  expect(rest).toEqual(events.slice(1))
})

it('is one run however often it is asked for with the same key', async () => {
  const ask = (task: string) =>
    plane.client.runs.create(idOf('codex'), { task }, { idempotencyKey: 'the same' })

  const [first, second] = await Promise.all([ask('ANSWER[once]'), ask('ANSWER[once]')])

  expect(second.id).toBe(first.id)
  await expect(ask('ANSWER[twice]')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
})

it('is told by `am run`, which exits as the run did', async () => {
  const [told, limited] = await Promise.all([
    runAm(plane, ['run', idOf('codex'), 'ANSWER[for the terminal]']),
    runAm(plane, ['run', idOf('codex'), 'ERROR[429]', '--json']),
  ])

  expect(told).toMatchObject({ exitCode: 0, stdout: 'for the terminal\n' })
  expect(limited.exitCode).toBe(3)
  const lines = limited.stdout.trimEnd().split('\n')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'end', data: { state: 'limit-reached' } })
})

it('is a conversation for `am chat` and over HTTP', async () => {
  const said = await runAm(plane, ['chat', idOf('codex'), 'ANSWER[good morning]'])
  const again = await runAm(plane, ['chat', idOf('codex'), 'ANSWER[and good night]'])
  const response = await fetch(`${plane.url}/api/v1/machines/${idOf('codex')}/chat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plane.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'ANSWER[once more]' }),
  })
  const told = await response.text()
  const { items } = await plane.client.runs.list(idOf('codex'), { origin: 'chat' })

  expect([said.stdout, again.stdout]).toEqual(['good morning\n', 'and good night\n'])
  expect(told).toMatch(/^event: run\n.*event: message\n.*once more.*event: end\n/s)
  expect(items.map(({ result }) => result)).toEqual(['once more', 'and good night', 'good morning'])
  expect(new Set(items.map(({ session }) => session)).size).toBe(1)
  const lastAsked = JSON.stringify(
    model.requests.findLast(({ body }) => JSON.stringify(body).includes('once more')),
  )
  expect(lastAsked).toContain('good morning')
})

it('used the key, and shows it nowhere, not even when the agent prints it', async () => {
  const { run, events } = await done('claude-code', {
    task: 'TOOLCALL[echo $ANTHROPIC_API_KEY; env]',
    permissions: 'all',
  })

  expect(run.state).toBe('done')
  expect(JSON.stringify(events)).toContain('[secret]')
  expect(JSON.stringify(events)).not.toContain(canary)
  expect(JSON.stringify(model.requests.map(({ headers }) => headers))).toContain(canary)
})

it('asks with the key that the environment has by now', async () => {
  const { data } = plane
  await plane.stop()
  plane = await startControlPlane({
    environment: { ...environment, ANTHROPIC_API_KEY: 'sk-ant-newer' },
    data,
  })
  await untilState(plane, idOf('claude-code'), ['ready'])
  const before = model.requests.length

  expect((await done('claude-code', { task: 'ANSWER[newer]' })).run).toMatchObject({ state: 'done' })
  expect(model.requests.slice(before).map(({ headers }) => headers['x-api-key'])).toContain('sk-ant-newer')
})

type Runtime = keyof typeof machines

const idOf = (runtime: Runtime) => machines[runtime]?.id ?? ''

async function deploy(body: Partial<Parameters<typeof plane.client.machines.create>[0]>): Promise<Machine> {
  const { id } = await plane.client.machines.create({ runtime: '', substrate: 'local', ...body })
  return untilState(plane, id, ['ready'], 180_000)
}

function start(runtime: Runtime, run: CreateRunInput): Promise<Run> {
  return plane.client.runs.create(idOf(runtime), run)
}

async function done(runtime: Runtime, run: CreateRunInput) {
  const { id } = await start(runtime, run)
  return ended(runtime, id)
}

async function ended(runtime: Runtime, id: string) {
  const events = await allOf(plane.client.runs.stream(idOf(runtime), id))
  return { events, run: await plane.client.runs.get(idOf(runtime), id) }
}

async function untilEvent(runtime: Runtime, id: string, name: StoredRunEvent['event']): Promise<void> {
  for await (const { event } of plane.client.runs.stream(idOf(runtime), id)) if (event === name) return
}

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
