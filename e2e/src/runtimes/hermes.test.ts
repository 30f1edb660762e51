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
import { processesOfMachine, watchCommandLines } from '../testing/processes.ts'
import { typeKeys } from '../testing/type-line.ts'

const canary = 'sk-canary-Xu7eiQuoh-hermes'
/** Stands in the task, not in the command it asks for. */
const taskMark = 'eiX4ohPh-of-the-task '
/** What the console asks, and Hermes asks back about. */
const question = 'TOOLCALL[rm -rf made-by-user]'
const source = 'state-file'
const interruptKey = '\x03'
/** Of once, for the session, always, and deny. */
const denyKey = '4'

let model: ModelServer
let plane: ControlPlaneProcess
let id: string

beforeAll(async () => {
  model = await startModelServer()
  plane = await startControlPlane({
    environment: { OPENAI_API_KEY: canary, OPENAI_BASE_URL: `${model.url}/v1` },
  })
  const machine = await plane.client.machines.create({
    runtime: 'hermes',
    substrate: 'local',
    model: 'gpt-test',
  })
  id = machine.id
  await untilState(plane, id, ['ready'], 220_000)
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
  await model?.close()
})

it('is refused a model source that serves another protocol, and one without the name of a model', async () => {
  await plane.client.credentials.put('CUSTOM_API_KEY', {
    value: 'sk-custom',
    baseUrl: model.url,
    protocols: ['openai-responses'],
  })
  const gate = (upstream: string) => plane.client.gate({ runtime: 'hermes', substrate: 'local', upstream })

  const [custom, openai] = await Promise.all([gate('custom'), gate('openai')])

  expect(custom.reasons.map(({ code }) => code)).toContain('protocol-mismatch')
  expect(openai.reasons.map(({ code }) => code)).toEqual(['model-missing'])
})

it('is busy while it answers, and idle again once it was interrupted', async () => {
  expect(await untilAgent('idle')).toMatchObject({ source, since: expect.any(String) })
  await ask('SLOW[400]')
  const busy = await untilAgent('busy')
  await untilShown('token-3')

  await typeKeys(plane, id, interruptKey)

  expect(busy.source).toBe(source)
  expect(await untilAgent('idle')).toMatchObject({ source })
})

it('waits while it asks for permission, and does nothing until then', async () => {
  await outputOf(plane, id, 'touch ~/work/made-by-user')
  await ask(question)
  const waiting = await untilAgent('waiting')

  await typeKeys(plane, id, denyKey)
  await untilAgent('idle')

  expect(waiting).toMatchObject({ source, detail: 'approval: rm -rf made-by-user' })
  expect(await outputOf(plane, id, 'ls ~/work')).toContain('made-by-user')
})

it('is unknown, never guessed, once its signal is gone', async () => {
  await outputOf(plane, id, 'rm ~/.agent-machines/state/hermes/agent.json')

  expect(await untilAgent('unknown')).toMatchObject({ source, detail: 'the state file is not there' })
})

it('does a task, tells what it did and used, and can be gone on with; its key and the task stand in no argument', async () => {
  const task = `${taskMark}TOOLCALL[echo made by $$ > made-by-run; sleep 1]`
  const watching = watchCommandLines()
  const first = await done({ task, permissions: 'all' })
  const seen = await watching.stop()
  const second = await done({ task: 'ANSWER[once more]', session: first.run.session ?? '' })

  expect(first.events.map(({ event }) => event)).toEqual([
    'session',
    'usage',
    'tool-call',
    'tool-result',
    'message',
    'usage',
    'end',
  ])
  expect(first.run).toMatchObject({
    state: 'done',
    exitCode: 0,
    usage: { inputTokens: 20, outputTokens: 10 },
  })
  expect(await outputOf(plane, id, 'cat ~/work/made-by-run')).toMatch(/^made by \d+$/)
  expect(second.run).toMatchObject({
    session: first.run.session,
    result: 'once more',
    usage: { inputTokens: 10, outputTokens: 5 },
  })
  const shown = [
    ...seen,
    await readFile(join(plane.data, 'machines', id, 'home/.agent-machines/bootstrap/log'), 'utf8'),
    JSON.stringify([first, await plane.client.machines.get(id)]),
    plane.log(),
  ]
  expect([...seen].some((line) => line.includes('hermes/run.py'))).toBe(true)
  expect([...seen].filter((line) => line.includes(taskMark))).toEqual([])
  expect(JSON.stringify(model.requests.map(({ headers }) => headers))).toContain(canary)
  expect(shown.filter((text) => text.includes(canary))).toEqual([])
})

it('does nothing in a run that it would have to ask for, and leaves nothing of a cancelled one', async () => {
  const denied = await done({ task: 'TOOLCALL[rm -rf made-by-run]' })
  const { id: run } = await plane.client.runs.create(id, {
    task: 'TOOLCALL[while :; do echo x >> beats; sleep 0.1; done]',
    permissions: 'all',
  })
  const beats = () => outputOf(plane, id, 'cat ~/work/beats 2>/dev/null || true')
  await eventually('the tool at work', async () => (await beats()) !== '', 60_000)

  await plane.client.runs.cancel(id, run)
  const cancelled = await ended(run)

  expect(denied.events.find(({ event }) => event === 'tool-result')?.data).toMatchObject({ isError: true })
  expect(await outputOf(plane, id, 'ls ~/work')).toContain('made-by-run')
  expect(cancelled.run.state).toBe('cancelled')
  expect(await outputOf(plane, id, `grep -l [R]UN=${run} /proc/[0-9]*/environ || true`)).toBe('')
})

it('goes on with the conversation of the console after everything of it was killed, not with a later run', async () => {
  await killMachine(id)
  await untilState(plane, id, ['asleep'])
  await plane.client.machines.wake(id)
  await untilState(plane, id, ['ready'])
  await untilAgent('idle')
  await ask('ANSWER[after the loss]')
  const asked = await eventually('the next question', async () =>
    model.requests
      .map(({ body }) => JSON.stringify(body))
      .findLast((body) => body.includes('after the loss')),
  )

  expect(asked).toContain(question)
  expect(asked).not.toContain('made-by-run')
})

it('leaves no process once it was stopped', async () => {
  const running = async () =>
    (await processesOfMachine(id)).filter(({ commandLine }) => commandLine.includes('/runtimes/hermes/'))
  expect(await running()).not.toEqual([])

  await plane.client.machines.agent(id, 'stop')
  await untilAgent('exited')

  expect(await running()).toEqual([])
})

/** Types a prompt as a person does: the text, and Return once it stands there. */
async function ask(prompt: string): Promise<void> {
  await typeKeys(plane, id, prompt)
  await untilShown(prompt)
  await typeKeys(plane, id, '\r')
}

async function untilShown(text: string): Promise<void> {
  const tab = new ConsoleTab(plane, id)
  const shows = () => tab.lines().some((line) => line.includes(text))
  await tab.follow('ws', shows)
  if (!shows()) throw new Error(`${text} is not shown:\n${tab.lines().slice(-40).join('\n')}`)
}

function untilAgent(state: AgentState['state']): Promise<AgentState> {
  let last: Machine['agent'] = null
  const seen = async () => {
    last = (await plane.client.machines.get(id)).agent
    return last?.state === state && last
  }
  // Its start alone computes for seconds.
  return eventually(`agent ${state}`, seen, 90_000).catch((error: unknown) => {
    throw new Error(`the agent is ${JSON.stringify(last)}`, { cause: error })
  })
}

async function done(run: CreateRunInput) {
  return ended((await plane.client.runs.create(id, run)).id)
}

async function ended(run: string) {
  const events = []
  for await (const event of plane.client.runs.stream(id, run)) events.push(event)
  return { events, run: await plane.client.runs.get(id, run) }
}
