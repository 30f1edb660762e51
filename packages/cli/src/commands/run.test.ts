import { type Client, createClient } from '@agent-machines/client'
import { AgentMachinesError, toProblem } from '@agent-machines/core'
import { expect, it } from 'vitest'
import type { CliContext } from '../context/cli-context.ts'
import { type ChatOptions, chat, run } from './run.ts'

const usage = {
  inputTokens: 1200,
  cacheReadTokens: 300,
  cacheWriteTokens: 0,
  outputTokens: 80,
  costUsd: 0.01234,
  costSource: 'estimate',
}

it('prints what the agent says on stdout and everything else on stderr', async () => {
  const am = anAm([
    ['session', { session: 's-1', model: 'm-1' }],
    ['thinking', { text: 'hm\nmore' }],
    ['tool-call', { call: '1', name: 'Bash', input: { command: 'ls' } }],
    ['tool-result', { call: '1', output: '\nno such file\n', isError: true }],
    ['message', { text: 'of a helper', parent: '1' }],
    ['error', { message: 'trying again', fatal: false }],
    ['message', { text: 'the answer' }],
    ['usage', usage],
    ['end', { state: 'done', detail: null, exitCode: 0 }],
  ])

  expect(await am.run()).toBe(0)
  expect(am.stdout()).toBe('the answer\n')
  expect(am.stderr().split('\n')).toEqual([
    'session s-1, m-1',
    '… hm',
    '→ Bash {"command":"ls"}',
    '✗ no such file',
    '  of a helper',
    '! trying again',
    '1,500 tokens in, 80 out, $0.0123 (estimate)',
    'done',
    '',
  ])
})

it.each([
  ['done', 0],
  ['failed', 1],
  ['limit-reached', 3],
  ['budget-reached', 4],
  ['timed-out', 124],
  ['cancelled', 130],
] as const)('exits for %s with %i', async (state, code) => {
  const am = anAm([['end', { state, detail: 'because', exitCode: null, cause: null }]])

  expect(await am.run()).toBe(code)
  expect(am.stderr()).toBe(`${state}: because\n`)
})

it('prints every event as a line of JSON', async () => {
  const am = anAm([
    ['message', { text: 'a\nb' }],
    ['end', { state: 'done', detail: null, exitCode: 0 }],
  ])

  await am.run({ json: true })

  const lines = am.stdout().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { seq: 1, event: 'message', data: { text: 'a\nb' } },
    { seq: 2, event: 'end' },
  ])
})

it('sends what the options say, and the task of standard input', async () => {
  const am = anAm([['end', { state: 'done', detail: null, exitCode: 0 }]], 'a task\nof two lines')

  await am.run({ task: '-', session: 's-1', allowAll: true, timeout: 5000, budget: 0.5, model: 'm-2' })

  expect(am.bodies[0]).toEqual({
    task: 'a task\nof two lines',
    session: 's-1',
    permissions: 'all',
    timeoutMs: 5000,
    budgetUsd: 0.5,
    model: 'm-2',
  })
})

it('says something in the last conversation, in a new one or in a named one', async () => {
  const am = anAm([
    ['message', { text: 'hello' }],
    ['end', { state: 'done', detail: null, exitCode: 0 }],
  ])

  expect(await am.chat('hi')).toBe(0)
  await am.chat('hi', { new: true, allowAll: true })
  await am.chat('hi', { session: 's-1' })

  expect(am.stdout()).toBe('hello\nhello\nhello\n')
  expect(am.bodies).toEqual([
    { task: 'hi', origin: 'chat', session: 'latest' },
    { task: 'hi', origin: 'chat', permissions: 'all' },
    { task: 'hi', origin: 'chat', session: 's-1' },
  ])
  await expect(am.chat('hi', { new: true, session: 's-1' })).rejects.toThrow('exclude each other')
})

it('cancels the run at Ctrl-C and waits for its end', async () => {
  const am = anAm([['message', { text: 'at work' }]])

  const code = am.run({}, () => am.interrupt())

  expect(await code).toBe(130)
  expect(am.requests).toContain('POST /api/v1/machines/m1/runs/r1/cancel')
})

it('prints the id of a run it leaves running', async () => {
  const am = anAm([])

  expect(await am.run({ detach: true })).toBe(0)
  expect(am.stdout()).toBe('r1\n')
})

it('fails when the stream itself does', async () => {
  const problem = toProblem(new AgentMachinesError('RUN_UNKNOWN', 'gone'), 'q1')

  await expect(anAm([['error', problem]]).run()).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
})

type Options = Parameters<typeof run>[3] & { task?: string }

/** `am run` against a control plane at the wire; a run without an `end` of its own ends when it is cancelled. */
function anAm(events: [string, unknown][], stdin = '') {
  const [out, err]: [string[], string[]] = [[], []]
  const [requests, bodies]: [string[], unknown[]] = [[], []]
  const interrupted = new AbortController()
  let cancelled = () => {}
  const stream = () =>
    new ReadableStream({
      start(controller) {
        const send = ([event, data]: [string, unknown], index: number) => {
          const stamped = { at: '2026-01-01T00:00:00.000Z', ...Object(data) }
          const text = `id: ${index + 1}\nevent: ${event}\ndata: ${JSON.stringify(stamped)}\n\n`
          controller.enqueue(new TextEncoder().encode(text))
        }
        events.forEach(send)
        cancelled = () => send(['end', { state: 'cancelled', detail: null, exitCode: 143 }], events.length)
      },
    })
  const client: Client = createClient({
    baseUrl: 'http://am',
    async fetch(url, init) {
      const path = new URL(url).pathname
      requests.push(`${init.method} ${path}`)
      if (init.body) bodies.push(JSON.parse(String(init.body)))
      if (path.endsWith('/stream'))
        return new Response(stream(), { headers: { 'content-type': 'text/event-stream' } })
      if (path.endsWith('/cancel')) cancelled()
      return Response.json(path.endsWith('/machines') ? { items: [machine], nextCursor: null } : aRun)
    },
  })
  const context = (onOutput: () => void) =>
    ({
      client,
      io: {
        stdout: async (text: string) => {
          out.push(text)
          onOutput()
        },
        stderr: async (text: string) => void err.push(text),
        stdin: (async function* () {
          yield Buffer.from(stdin)
        })(),
        signal: interrupted.signal,
      },
    }) as unknown as CliContext
  return {
    requests,
    bodies,
    stdout: () => out.join(''),
    stderr: () => err.join(''),
    interrupt: () => interrupted.abort('SIGINT'),
    run: ({ task = 'a task', ...options }: Options = {}, onOutput = () => {}) =>
      run(context(onOutput), 'm1', task, options),
    chat: (message: string, options: ChatOptions = {}) =>
      chat(
        context(() => {}),
        'm1',
        message,
        options,
      ),
  }
}

const aRun = {
  id: 'r1',
  machineId: 'm1',
  task: 'a task',
  origin: 'run',
  via: 'one-shot',
  state: 'starting',
  detail: null,
  cause: null,
  exitCode: null,
  session: null,
  model: null,
  permissions: 'configured',
  timeoutMs: 1000,
  budgetUsd: null,
  usage: null,
  result: null,
  cancelRequested: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  endedAt: null,
}

const machine = {
  ...{
    id: 'm1',
    name: 'brave-otter',
    labels: {},
    runtime: 'codex',
    runtimeVersion: null,
    substrate: 'local',
    upstream: null,
  },
  ...{
    model: null,
    preset: null,
    spec: {},
    workspace: null,
    state: 'ready',
    agent: null,
    gateway: null,
    isolation: 'vm',
  },
  ...{ network: 'own', bootstrap: { state: 'done', phases: [] }, home: '/home/agent', createdAt: '' },
  ...{ updatedAt: '', lastActivityAt: '' },
  capabilities: {
    ...{ sleep: true, memoryKept: true, streamExec: true, attach: true, publicUrl: false },
    limits: { cpu: true, memory: true, pids: true },
  },
}
