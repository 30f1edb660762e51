import type { Machine } from '@agent-machines/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { ConsoleTab, untilShown } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { killMachine, outputOf, untilState } from '../testing/machines.ts'
import { isTested } from '../testing/tested-runtimes.ts'
import { typeKeys } from '../testing/type-line.ts'

/** A screen that stands still is saved within seconds. */
const keptText = 'cat ~/.agent-machines/console/agent/scrollback 2>/dev/null || true'

/** What the model says to the first question, which itself does not have it. */
const answer = 'token-3'

let model: ModelServer
let plane: ControlPlaneProcess

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({
    environment: {
      ANTHROPIC_API_KEY: 'sk-ant-resume',
      ANTHROPIC_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-resume',
      OPENAI_BASE_URL: `${model.url}/v1`,
    },
  })
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

const rows = (
  [
    ['claude-code', null],
    ['codex', 'gpt-test'],
    ['opencode', 'gpt-test'],
  ] as const
).filter(([runtime]) => isTested(runtime))

it.each(rows)(
  'goes on with the conversation of %s after everything of it was killed',
  async (runtime, modelName) => {
    const { id } = await plane.client.machines.create({
      runtime,
      substrate: 'local',
      ...(modelName ? { model: modelName } : {}),
    })
    await untilState(plane, id, ['ready'], 180_000)
    await ask(id, 'SLOW[3]')
    await untilShown(plane, id, answer)
    await untilAgent(id, 'idle')
    await eventually('the screen kept', async () => (await outputOf(plane, id, keptText)).includes(answer))

    await killMachine(id)
    await untilState(plane, id, ['asleep'])
    // Some signals tell whole seconds.
    const wokenAt = Math.floor(Date.now() / 1000) * 1000
    await plane.client.machines.wake(id)
    const { agent } = await untilAgent(id, 'idle')
    const tab = await untilShown(plane, id, 'the conversation goes on')
    const asked = await ask(id, 'ANSWER[the second answer]')

    expect(Date.parse(agent?.since ?? '')).toBeGreaterThanOrEqual(wokenAt)
    expect(asked).toContain(answer)
    expect(tab.shows(answer)).toBe(true)
    const [started] = await new ConsoleTab(plane, id).follow('ws', (events) => events.length > 0)
    expect(started).toMatchObject({
      event: 'started',
      data: { rest: { cause: 'loss', processes: 'lost', conversation: 'resumed' } },
    })
  },
)

/**
 * Resolves with the request the question came to the model in.
 *
 * Enter comes when the text is there: both at once may be taken for a paste. It comes again until it is taken, since
 * OpenCode takes text before it takes a prompt.
 */
async function ask(id: string, text: string): Promise<string> {
  await untilAgent(id, 'idle')
  await typeKeys(plane, id, text)
  await untilShown(plane, id, text)
  const before = model.requests.length
  const asked = async () =>
    model.requests
      .slice(before)
      .map(({ body }) => JSON.stringify(body))
      .find((body) => body.includes(text))
  return eventually(`the question ${text}`, async () => {
    await typeKeys(plane, id, '\r')
    return eventually(text, asked, 2000).catch(() => null)
  })
}

function untilAgent(id: string, state: NonNullable<Machine['agent']>['state']): Promise<Machine> {
  const isSeen = async () => {
    const machine = await plane.client.machines.get(id)
    return machine.agent?.state === state && machine
  }
  return eventually(`${id} ${state}`, isSeen, 90_000)
}
