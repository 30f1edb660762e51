import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentState, Machine } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { untilShown } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { outputOf, untilState } from '../testing/machines.ts'
import { watchCommandLines } from '../testing/processes.ts'
import { isTested } from '../testing/tested-runtimes.ts'
import { typeKeys } from '../testing/type-line.ts'

const canaries = {
  anthropic: 'sk-ant-api03-canary-Ae1ohRai7Eep-anthropic',
  openai: 'sk-proj-canary-uShoo5Oochoo-openai',
}
/** From a change of the signal to its being read through the API. */
const noticedWithinMs = 3000
/** Keys, each typed once the text before it is shown. */
type Keys = readonly { readonly key: string; readonly after?: string }[]
const once: Keys = [{ key: '\x1b' }]
const twice: Keys = [...once, { key: '\x1b', after: 'esc again to interrupt' }]
const refusal: Keys = [...once, { key: '\r', after: 'Reject permission' }]

let model: ModelServer
let plane: ControlPlaneProcess
type Runtime = 'claude-code' | 'codex' | 'opencode'
let machines: Partial<Record<Runtime, Machine>>
const every = [
  ['claude-code', 'session-file', 'TOOLCALL[echo hi > made-by-agent]', 'token-3', once, once],
  ['codex', 'pane-title', 'TOOLCALL[rm -rf made-by-agent]', 'token-3', once, once],
  ['opencode', 'plugin-events', 'TOOLCALL[echo hi > made-by-agent]', 'esc interrupt', twice, refusal],
] as const
const rows = every.filter(([runtime]) => isTested(runtime))
/** Everything that ever stood in an argument list while they were deployed. */
let seenArguments: ReadonlySet<string>

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
  const watching = watchCommandLines()
  const deployed = await Promise.all(rows.map(async ([runtime]) => [runtime, await deploy(runtime)] as const))
  seenArguments = await watching.stop()
  machines = Object.fromEntries(deployed)
})

afterAll(async () => {
  await removeControlPlane(plane)
  await model.close()
})

describe.each(rows)(
  'what %s does, read through the API',
  (runtime, source, toolCall, works, interrupt, refuse) => {
    const id = () => machines[runtime]?.id ?? ''

    it('is idle at its prompt', async () => {
      expect(await untilAgent(id(), 'idle')).toMatchObject({ source, since: expect.any(String) })
    })

    it('is busy while it answers, and idle again after Esc in the middle', async () => {
      await ask(id(), 'SLOW[400]')
      const busy = await untilAgent(id(), 'busy')
      await untilShown(plane, id(), works)

      await typeInTurn(id(), interrupt)
      const idle = await untilAgent(id(), 'idle', noticedWithinMs)

      expect(busy.source).toBe(source)
      expect(idle.source).toBe(source)
    })

    it('waits while it asks for permission, and does nothing until then', async () => {
      await ask(id(), toolCall)
      const waiting = await untilAgent(id(), 'waiting')
      const files = await outputOf(plane, id(), 'ls ~/work')

      await typeInTurn(id(), refuse)
      await untilAgent(id(), 'idle')

      expect(waiting).toMatchObject({ source, detail: expect.any(String) })
      expect(files).not.toContain('made-by-agent')
    })

    it('is unknown, never guessed, once its signal is gone', async () => {
      const loseSignal = {
        'claude-code': 'rm ~/.claude/sessions/*.json',
        codex: 'tmux -S ~/.agent-machines/console/agent/tmux.sock select-pane -T something-else',
        opencode: 'rm ~/.agent-machines/state/opencode/[0-9]*.json',
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

    it('leaves no process once it was stopped', async () => {
      const running = `ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c /runtimes/ || true`
      expect(Number(await outputOf(plane, id(), running))).toBeGreaterThan(0)

      await plane.client.machines.agent(id(), 'stop')
      await untilAgent(id(), 'exited')

      expect(await outputOf(plane, id(), running)).toBe('0')
    })
  },
)

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

async function deploy(runtime: Runtime): Promise<Machine> {
  const model = runtime === 'claude-code' ? {} : { model: 'gpt-test' }
  const { id } = await plane.client.machines.create({ runtime, substrate: 'local', ...model })
  return untilState(plane, id, ['ready'], 180_000)
}

/** Types a prompt as a person does: the text, and Return once it stands there. */
async function ask(id: string, prompt: string): Promise<void> {
  await typeKeys(plane, id, prompt)
  await untilShown(plane, id, prompt)
  await typeKeys(plane, id, '\r')
}

async function typeInTurn(id: string, keys: Keys): Promise<void> {
  for (const { key, after } of keys) {
    if (after) await untilShown(plane, id, after)
    await typeKeys(plane, id, key)
  }
}

async function untilAgent(id: string, state: AgentState['state'], withinMs = 90_000): Promise<AgentState> {
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
