import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentState, CreateRunInput, Machine } from '@agent-machines/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../model-server/start-model-server.ts'
import { ConsoleTab } from '../testing/console-tab.ts'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { killMachine, outputOf, untilState } from '../testing/machines.ts'
import { listProcesses, processesOfMachine } from '../testing/processes.ts'
import { typeKeys } from '../testing/type-line.ts'

const canary = 'sk-canary-Ieth5aeQu-openclaw'
const source = 'plugin-events'
/** Its start is the slowest of all agents. */
const slowMs = 120_000

let model: ModelServer
let plane: ControlPlaneProcess
let id: string
const commandLines = new Set<string>()
let watching: NodeJS.Timeout

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({
    environment: { OPENAI_API_KEY: canary, OPENAI_BASE_URL: `${model.url}/v1` },
  })
  await watchCommandLines()
  const machine = await plane.client.machines.create({
    runtime: 'openclaw',
    substrate: 'local',
    model: 'gpt-test',
  })
  id = machine.id
  await untilState(plane, id, ['ready'], 300_000)
})

afterAll(async () => {
  clearTimeout(watching)
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

it('answers in its console, busy meanwhile, and is idle again once it was interrupted', async () => {
  expect(await untilAgent('idle')).toMatchObject({ source, since: expect.any(String) })
  const asked = new Date().toISOString()
  await ask('ANSWER[the first answer]')
  await untilAgent('idle', asked)
  await untilShown(/^\s*the first answer/)
  await ask('SLOW[400]')
  const busy = await untilAgent('busy')
  await untilShown('token-3')

  await typeKeys(plane, id, '\x1b')

  expect(busy.source).toBe(source)
  expect(await untilAgent('idle')).toMatchObject({ source })
}, 240_000)

it(
  'does a task beside the console, and tells what it did and used',
  async () => {
    const { run, events } = await done({
      task: 'TOOLCALL[echo made by $$ > made-by-run; sleep 1]',
      permissions: 'all',
    })

    const names = events.map(({ event }) => event)
    expect(names.filter((name) => name !== 'usage')).toEqual([
      'session',
      'tool-call',
      'tool-result',
      'message',
      'end',
    ])
    expect(names.at(-2)).toBe('usage')
    expect(run).toMatchObject({ state: 'done', exitCode: 0, usage: { inputTokens: 20, outputTokens: 10 } })
    expect(await outputOf(plane, id, 'cat ~/work/made-by-run')).toMatch(/^made by \d+$/)
    session = run.session ?? ''
  },
  slowMs,
)

let session = ''

it('goes on with each conversation after everything of it was killed', async () => {
  const killed = new Date().toISOString()
  await killMachine(id)
  await untilState(plane, id, ['asleep'])
  await plane.client.machines.wake(id)
  await untilState(plane, id, ['ready'])

  const resumed = done({ task: 'ANSWER[the second of the run]', session })
  await untilAgent('idle', killed)
  await ask('ANSWER[the second answer]')
  const asked = await untilAsked('the second answer')
  const { run } = await resumed

  expect(asked).toContain('the first answer')
  expect(asked).not.toContain('made-by-run')
  expect(run).toMatchObject({ state: 'done', session, usage: { inputTokens: 10, outputTokens: 5 } })
  expect(await untilAsked('the second of the run')).toContain('made-by-run')
}, 240_000)

it(
  'leaves no process behind, and showed its key to the model source alone',
  async () => {
    const shown = await readFile(
      join(plane.data, 'machines', id, 'home/.agent-machines/bootstrap/log'),
      'utf8',
    )
    const answer = JSON.stringify(await plane.client.machines.get(id))
    expect((await processesOfMachine(id)).some(({ commandLine }) => commandLine.includes('openclaw'))).toBe(
      true,
    )

    await plane.client.machines.destroy(id)
    await untilState(plane, id, ['destroyed'])

    expect(await processesOfMachine(id)).toEqual([])
    const lines = [...commandLines]
    expect(lines.filter((line) => /^openclaw-(tui|agent)/.test(line))).toHaveLength(2)
    expect(lines.filter((line) => line.includes('TOOLCALL'))).toEqual([])
    expect([...lines, shown, answer, plane.log()].filter((text) => text.includes(canary))).toEqual([])
    expect(model.requests.at(-1)?.headers.authorization).toBe(`Bearer ${canary}`)
  },
  slowMs,
)

/** One look after the other: each reads all of `/proc`, and the model server answers from this process. */
async function watchCommandLines(): Promise<void> {
  for (const { commandLine } of await listProcesses()) commandLines.add(commandLine)
  watching = setTimeout(watchCommandLines, 1000)
}

/** Types a prompt as a person does: the text, and Return once it stands there. */
async function ask(prompt: string): Promise<void> {
  await typeKeys(plane, id, prompt)
  await untilShown(prompt)
  await typeKeys(plane, id, '\r')
}

async function untilShown(text: string | RegExp): Promise<void> {
  const tab = new ConsoleTab(plane, id)
  const shows = () =>
    tab.lines().some((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)))
  await tab.follow('ws', shows)
  if (!shows()) throw new Error(`${text} is not shown:\n${tab.lines().slice(-40).join('\n')}`)
}

function untilAsked(text: string): Promise<string> {
  const find = async () =>
    model.requests.map(({ body }) => JSON.stringify(body)).findLast((body) => body.includes(text))
  return eventually(`${text} to be asked`, find, slowMs)
}

/** What was told of an agent that is gone, or of a task before this one, came not `after`. */
function untilAgent(state: AgentState['state'], after = ''): Promise<AgentState> {
  let last: Machine['agent'] = null
  return eventually(
    `agent ${state}`,
    async () => {
      last = (await plane.client.machines.get(id)).agent
      return last?.state === state && last.since > after && last
    },
    slowMs,
  ).catch((error: unknown) => {
    throw new Error(`the agent is ${JSON.stringify(last)}`, { cause: error })
  })
}

async function done(input: CreateRunInput) {
  const { id: run } = await plane.client.runs.create(id, input)
  const events = []
  for await (const event of plane.client.runs.stream(id, run)) events.push(event)
  return { events, run: await plane.client.runs.get(id, run) }
}
