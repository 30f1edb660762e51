import type { CreateRunInput, Gateway, Machine } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { processesOfMachine, watchCommandLines } from '../testing/processes.ts'

const canary = 'sk-canary-Oothai7ee-gateway'
/** A start of OpenClaw's server computes for half a minute where the computer has other things to do. */
const slowMs = 180_000

let model: ModelServer
let plane: ControlPlaneProcess

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({
    environment: { OPENAI_API_KEY: canary, OPENAI_BASE_URL: `${model.url}/v1` },
  })
})
afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

it('is refused for a runtime that has none', async () => {
  const body = { runtime: 'shell', substrate: 'local', gateway: true }

  await expect(plane.client.machines.create(body)).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' })
})

describe.each([
  { runtime: 'hermes', tool: 'terminal' },
  { runtime: 'openclaw', tool: 'exec' },
])('the chat gateway of $runtime', ({ runtime, tool }) => {
  let id: string
  let port = 0
  let session = ''

  beforeAll(async () => {
    id = await deploy(runtime)
  }, 360_000)

  it(
    'is told to be ready, on a port of its own',
    async () => {
      const ready = await untilGateway(id, 'ready')

      expect(ready).toMatchObject({ port: expect.any(Number), since: expect.any(String) })
      port = ready.port ?? 0
    },
    slowMs,
  )

  it(
    'takes a message, tells what the agent does with it, and goes on with the conversation; no secret is in an argument',
    async () => {
      const watching = watchCommandLines()
      const first = await say(id, { task: 'TOOLCALL[echo made by $$ > made-by-chat; sleep 1]' })
      const second = await say(id, { task: 'ANSWER[the second answer]', session: first.run.session ?? '' })
      const commandLines = [...(await watching.stop())].join('\n')
      const token = await outputOf(plane, id, 'cat ~/.agent-machines/state/gateway/token')
      session = first.run.session ?? ''

      expect(first.run).toMatchObject({
        via: 'gateway',
        state: 'done',
        usage: { inputTokens: 20, outputTokens: 10 },
      })
      expect(first.names).toEqual(['session', 'tool-call', 'tool-result', 'message', 'end'])
      expect(first.events.find(({ event }) => event === 'tool-call')?.data).toMatchObject({ name: tool })
      expect(await outputOf(plane, id, 'cat ~/work/made-by-chat')).toMatch(/^made by \d+$/)
      expect(second.run).toMatchObject({
        via: 'gateway',
        state: 'done',
        session,
        result: 'the second answer',
      })
      expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('made-by-chat')
      expect(token).toMatch(/^[0-9a-f]{64}$/)
      expect([token, canary].filter((secret) => commandLines.includes(secret))).toEqual([])
      expect(JSON.stringify([first, second, await plane.client.machines.get(id)])).not.toContain(token)
    },
    slowMs,
  )

  it(
    'tells a model source that is limited from one that refuses',
    async () => {
      const [limited, refused] = [
        await say(id, { task: 'ERROR[429]' }),
        await say(id, { task: 'ERROR[400]' }),
      ]

      expect(limited.run).toMatchObject({ state: 'limit-reached' })
      expect(refused.run).toMatchObject({ state: 'failed' })
    },
    slowMs,
  )

  it(
    'stops answering when a message is cancelled',
    async () => {
      const run = await sayMuch(id)

      await plane.client.runs.cancel(id, run)

      const over = await eventually('the end', async () => {
        const read = await plane.client.runs.get(id, run)
        return read.endedAt !== null && read
      })
      expect(over.state).toBe('cancelled')
      expect(await outputOf(plane, id, `ls ~/.agent-machines/state/${runtime}/turns`)).toBe('')
      expect((await say(id, { task: 'ANSWER[after it]' })).run).toMatchObject({ state: 'done' })
    },
    slowMs,
  )

  it(
    'is started again when it was killed in the middle of a message, which says so',
    async () => {
      const run = await sayMuch(id)
      const before = (await plane.client.machines.get(id)).gateway?.since

      await outputOf(plane, id, 'read -r pid _ <~/.agent-machines/state/gateway/server && kill -9 "$pid"')

      const { run: failed } = await told(id, run)
      expect(failed).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('The chat gateway ended'),
      })
      const again = await eventually(
        'a new one',
        async () => {
          const { gateway } = await plane.client.machines.get(id)
          return gateway?.state === 'ready' && gateway.since !== before
        },
        120_000,
      )
      expect(again).toBe(true)
      expect((await say(id, { task: 'ANSWER[again]', session })).run).toMatchObject({
        state: 'done',
        session,
      })
    },
    slowMs,
  )

  it('takes another port where another machine has it', async () => {
    const other = await deploy(runtime)

    const { port: second } = await untilGateway(other, 'ready')

    expect(second).not.toBe(port)
    expect((await say(other, { task: 'ANSWER[beside it]' })).run).toMatchObject({
      via: 'gateway',
      state: 'done',
    })
    await plane.client.machines.destroy(other)
    await eventually('nothing left of it', async () => (await processesOfMachine(other)).length === 0)
  }, 360_000)

  it(
    'leaves nothing when it is no longer wanted, and its conversations go on without it',
    async () => {
      await plane.client.machines.patch(id, { gateway: false })
      await untilState(plane, id, ['ready'], 60_000)

      const left = (await processesOfMachine(id)).filter(({ commandLine }) => commandLine.includes('gateway'))
      const { run } = await say(id, { task: 'ANSWER[without it]', session })

      expect((await plane.client.machines.get(id)).gateway).toBeNull()
      expect(left).toEqual([])
      expect(run).toMatchObject({ via: 'one-shot', state: 'done', session })
      expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('the second answer')
    },
    slowMs,
  )
})

async function deploy(runtime: string): Promise<string> {
  const { id } = await plane.client.machines.create({
    runtime,
    substrate: 'local',
    model: 'gpt-test',
    gateway: true,
  })
  await untilState(plane, id, ['ready'], 300_000)
  return id
}

function untilGateway(id: string, state: Gateway['state']): Promise<Gateway> {
  let last: Machine['gateway'] = null
  const seen = async () => {
    last = (await plane.client.machines.get(id)).gateway
    return last?.state === state && last
  }
  return eventually(`gateway ${state}`, seen, 120_000).catch((error: unknown) => {
    throw new Error(`the gateway is ${JSON.stringify(last)}`, { cause: error })
  })
}

async function say(id: string, input: CreateRunInput) {
  return told(id, (await plane.client.runs.create(id, { ...input, origin: 'chat' })).id)
}

/** Begins a message whose answer takes a minute; its run, once the agent is at it. */
async function sayMuch(id: string): Promise<string> {
  const { id: run } = await plane.client.runs.create(id, { task: 'SLOW[2000]', origin: 'chat' })
  const hasBegun = async () => (await plane.client.runs.get(id, run)).session !== null
  await eventually('the answer', hasBegun, 60_000)
  return run
}

async function told(id: string, run: string) {
  const events = []
  for await (const event of plane.client.runs.stream(id, run)) events.push(event)
  const names = events.map(({ event }) => event).filter((name) => name !== 'usage')
  return { events, names, run: await plane.client.runs.get(id, run) }
}
