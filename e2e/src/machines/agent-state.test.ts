import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentState, Machine } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { ConsoleTab } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { listProcesses } from '../testing/processes.ts'
import { typeKeys } from '../testing/type-line.ts'

const canaries = {
  anthropic: 'sk-ant-api03-canary-Ae1ohRai7Eep-anthropic',
  openai: 'sk-proj-canary-uShoo5Oochoo-openai',
}
/** From a change of the signal to its being read through the API. */
const noticedWithinMs = 3000
const escapeKey = '\x1b'

let model: ModelServer
let plane: ControlPlaneProcess
let machines: Record<'claude-code' | 'codex', Machine>
/** Everything that ever stood in an argument list while both were deployed. */
const seenArguments = new Set<string>()

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({
    environment: {
      ANTHROPIC_API_KEY: canaries.anthropic,
      ANTHROPIC_BASE_URL: model.url,
      OPENAI_API_KEY: canaries.openai,
      OPENAI_BASE_URL: `${model.url}/v1`,
    },
  })
  const watching = watchArguments()
  const [claude, codex] = await Promise.all([
    deploy({ runtime: 'claude-code', substrate: 'local', name: 'claude' }),
    deploy({ runtime: 'codex', substrate: 'local', name: 'codex', model: 'gpt-test' }),
  ])
  await watching.stop()
  machines = { 'claude-code': claude, codex }
})

afterAll(async () => {
  await removeControlPlane(plane)
  await model.close()
})

describe.each([
  ['claude-code', 'session-file', 'TOOLCALL[echo hi > made-by-agent]'],
  ['codex', 'pane-title', 'TOOLCALL[rm -rf made-by-agent]'],
] as const)('what %s does, read through the API', (runtime, source, toolCall) => {
  const id = () => machines[runtime].id

  it('is idle at its prompt', async () => {
    expect(await untilAgent(id(), 'idle')).toMatchObject({ source, since: expect.any(String) })
  })

  it('is busy while it answers, and idle again after Esc in the middle', async () => {
    await ask(id(), 'SLOW[400]')
    const busy = await untilAgent(id(), 'busy')
    await untilShown(id(), 'token-3')

    await typeKeys(plane, id(), escapeKey)
    const idle = await untilAgent(id(), 'idle', noticedWithinMs)

    expect(busy.source).toBe(source)
    expect(idle.source).toBe(source)
  })

  it('waits while it asks for permission, and does nothing until then', async () => {
    await ask(id(), toolCall)
    const waiting = await untilAgent(id(), 'waiting')
    const files = await outputOf(plane, id(), 'ls ~/work')

    await typeKeys(plane, id(), escapeKey)
    await untilAgent(id(), 'idle')

    expect(waiting).toMatchObject({ source, detail: expect.any(String) })
    expect(files).not.toContain('made-by-agent')
  })

  it('is unknown, never guessed, once its signal is gone', async () => {
    const loseSignal = {
      'claude-code': 'rm ~/.claude/sessions/*.json',
      codex: 'tmux -S ~/.agent-machines/console/agent/tmux.sock select-pane -T something-else',
    }
    await outputOf(plane, id(), loseSignal[runtime])

    const unknown = await untilAgent(id(), 'unknown', noticedWithinMs)

    expect(unknown).toMatchObject({ source, detail: expect.any(String) })
  })

  it('has exited once it was killed', async () => {
    const pid = (await outputOf(plane, id(), 'cat ~/.agent-machines/console/agent/process')).split(' ')[1]
    await outputOf(plane, id(), `kill -9 ${pid}`)

    const exited = await untilAgent(id(), 'exited', noticedWithinMs)

    expect(exited).toMatchObject({ source: 'process', detail: expect.stringContaining('137') })
    expect((await plane.client.machines.get(id())).state).toBe('ready')
  })

  it('is idle again once it was started again', async () => {
    await plane.client.machines.agent(id(), 'start')

    expect(await untilAgent(id(), 'idle')).toMatchObject({ source })
  })
})

it('used the keys, and showed them nowhere', async () => {
  const used = JSON.stringify(model.requests.map(({ headers }) => headers))
  const answers = await Promise.all([
    plane.client.machines.list({ limit: 200 }),
    plane.client.credentials.list(),
    plane.client.upstreams(),
    ...Object.values(machines).map(({ id }) => plane.client.machines.get(id)),
  ])
  const logs = await Promise.all(
    Object.values(machines).map(({ id }) =>
      readFile(join(plane.data, 'machines', id, 'home/.agent-machines/bootstrap/log'), 'utf8'),
    ),
  )
  const shown = [JSON.stringify(answers), ...logs, plane.log(), ...seenArguments]

  for (const canary of Object.values(canaries)) {
    expect(used).toContain(canary)
    expect(shown.filter((text) => text.includes(canary))).toEqual([])
  }
  expect(seenArguments.size).toBeGreaterThan(20)
})

async function deploy(body: Parameters<typeof plane.client.machines.create>[0]): Promise<Machine> {
  const { id } = await plane.client.machines.create(body)
  return untilState(plane, id, ['ready'], 180_000)
}

/** Types a prompt as a person does: the text, and Return once it stands there. */
async function ask(id: string, prompt: string): Promise<void> {
  await typeKeys(plane, id, prompt)
  await untilShown(id, prompt)
  await typeKeys(plane, id, '\r')
}

async function untilShown(id: string, text: string): Promise<void> {
  const tab = new ConsoleTab(plane, id)
  const shows = () => tab.lines().some((line) => line.includes(text))
  await tab.follow('ws', shows)
  if (!shows()) throw new Error(`${text} is not shown:\n${tab.lines().slice(-40).join('\n')}`)
}

async function untilAgent(id: string, state: AgentState['state'], withinMs = 30_000): Promise<AgentState> {
  const since = Date.now()
  let last: AgentState | null = null
  const agent = await eventually(
    `${id} ${state}`,
    async () => {
      last = (await plane.client.machines.get(id)).agent
      return last?.state === state && last
    },
    withinMs,
  ).catch((error: unknown) => {
    throw new Error(`the agent is ${JSON.stringify(last)}`, { cause: error })
  })
  process.stdout.write(`${id} ${state} read after ${Date.now() - since} ms\n`)
  return agent
}

function watchArguments() {
  let watching = true
  const done = (async () => {
    while (watching) {
      for (const { commandLine } of await listProcesses()) seenArguments.add(commandLine)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return {
    stop: () => {
      watching = false
      return done
    },
  }
}
