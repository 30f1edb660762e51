import type { Protocol } from '@agent-machines/core'
import { protocols } from '@agent-machines/core'
import { recipes } from '@agent-machines/runtimes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askAgent, untilAgent } from '../testing/ask-agent.ts'
import { untilShown } from '../testing/console-tab.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { processesOfMachine } from '../testing/processes.ts'
import { testedPlane } from '../testing/tested-plane.ts'

// Each cell of the matrix in docs/reference/runtimes.md is one test here; `npm run docs:matrix` reads their names.

const agents = recipes.map(({ manifest }) => manifest).filter(({ hasAgent }) => hasAgent)
const pairs = agents.flatMap(({ id, protocols: spoken }) =>
  protocols.map((protocol) => ({ runtime: id, protocol, isSpoken: spoken.includes(protocol) })),
)
const named = (isSpoken: boolean) =>
  pairs
    .filter((pair) => pair.isSpoken === isSpoken)
    .map(({ runtime, protocol }) => [`${runtime} × ${protocol}`, runtime, protocol] as const)

const tested = testedPlane({ hasKeys: false })

describe.each(named(false))('%s', (_, runtime, protocol) => {
  it('refused', async () => {
    await serveOnly(protocol)

    const verdict = await tested.plane.client.gate({ ...machineOf(runtime), upstream: 'custom' })

    expect(verdict.state).toBe('blocked')
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['protocol-mismatch'])
    await expect(tested.plane.client.machines.create(machineOf(runtime))).rejects.toMatchObject({
      code: 'GATE_BLOCKED',
    })
  })
})

describe.each(named(true))('%s', (_, runtime, protocol) => {
  let id: string
  let session: string

  beforeAll(async () => {
    await serveOnly(protocol)
    id = (await tested.plane.client.machines.create(machineOf(runtime))).id
    await untilState(tested.plane, id, ['ready'], 300_000)
  })

  afterAll(async () => {
    await tested.plane.client.machines.destroy(id)
  })

  it('interactive', async () => {
    await askAgent(tested, id, 'ANSWER[said in the console]')
    await untilAgent(tested.plane, id, 'idle')

    await untilShown(tested.plane, id, 'said in the console')
    expect(pathsAsked()).toEqual([pathOf[protocol]])
  })

  it('state', async () => {
    await askAgent(tested, id, 'SLOW[60]')

    expect((await untilAgent(tested.plane, id, 'busy')).agent?.source).not.toBe('process')
    await untilAgent(tested.plane, id, 'idle')
  })

  it('one-shot', async () => {
    const run = await done('ANSWER[said in a run]')

    expect(run).toMatchObject({ state: 'done', exitCode: 0, result: 'said in a run' })
    session = run.session ?? ''
  })

  it('usage', async () => {
    const run = await done('ANSWER[counted]')

    expect(run.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) })
    expect(run.usage?.inputTokens).toBeGreaterThan(0)
    expect(run.usage?.outputTokens).toBeGreaterThan(0)
  })

  it('tool call', async () => {
    await done('TOOLCALL[echo by-a-tool > made-by-tool]')

    expect(await outputOf(tested.plane, id, 'cat ~/work/made-by-tool')).toBe('by-a-tool')
  })

  it('resume', async () => {
    const before = tested.model.requests.length
    await done('ANSWER[gone on with]', session)

    const asked = tested.model.requests.slice(before).map(({ body }) => JSON.stringify(body))
    expect(asked.find((body) => body.includes('gone on with'))).toContain('said in a run')
  })

  it('stop', async () => {
    await tested.plane.client.machines.agent(id, 'stop')
    await untilAgent(tested.plane, id, 'exited')

    const left = (await processesOfMachine(id)).map(({ commandLine }) => commandLine)
    expect(left.filter((line) => line.includes(`/runtimes/${runtime}/`))).toEqual([])
  })

  async function done(task: string, session?: string) {
    const run = { task, permissions: 'all', ...(session === undefined ? {} : { session }) } as const
    const { id: runId } = await tested.plane.client.runs.create(id, run)
    for await (const _ of tested.plane.client.runs.stream(id, runId));
    return tested.plane.client.runs.get(id, runId)
  }
})

const pathOf: Readonly<Record<Protocol, string>> = {
  'anthropic-messages': '/v1/messages',
  'openai-responses': '/v1/responses',
  'openai-chat': '/v1/chat/completions',
}

/** The model source serves one protocol from now on. */
async function serveOnly(protocol: Protocol): Promise<void> {
  await tested.plane.client.credentials.put('CUSTOM_API_KEY', {
    value: 'sk-matrix',
    baseUrl: tested.model.url,
    protocols: [protocol],
  })
  asked = tested.model.requests.length
}

let asked = 0

/** Where models were asked since the source changed. */
function pathsAsked(): string[] {
  const paths = tested.model.requests.slice(asked).map(({ path }) => path.split('?')[0] ?? '')
  return [...new Set(paths.filter((path) => Object.values(pathOf).includes(path)))]
}

function machineOf(runtime: string) {
  return { runtime, substrate: 'local', upstream: 'custom', model: 'test-model' }
}
