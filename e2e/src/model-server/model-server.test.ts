import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from './start-model-server.ts'

let server: ModelServer
beforeEach(async () => {
  server = await startModelServer()
})
afterEach(() => server.close())

const tools = [{ name: 'Bash' }]
const chatTools = [{ type: 'function', function: { name: 'bash' } }]

it('streams an answer in the events of Anthropic Messages, and records the credential', async () => {
  const response = await post('/v1/messages?beta=true', {
    model: 'm',
    stream: true,
    tools,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Say ANSWER[pong]' }] }],
  })

  const events = eventsIn(await response.text())

  expect(events.map((event) => event.type)).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  expect(events[2]).toMatchObject({ delta: { type: 'text_delta', text: 'pong' } })
  expect(server.requests[0]?.headers['x-api-key']).toBe('key')
})

it('calls the tool of Claude Code, then tells what it printed', async () => {
  const question = { role: 'user', content: 'Run TOOLCALL[echo hi]' }
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'hi' }] }

  const call = await (await post('/v1/messages', { model: 'm', tools, messages: [question] })).json()
  const answer = await (
    await post('/v1/messages', { model: 'm', tools, messages: [question, result] })
  ).json()

  expect(call).toMatchObject({
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', name: 'Bash', input: { command: 'echo hi' } }],
  })
  expect(answer).toMatchObject({ content: [{ text: 'The command printed: hi' }] })
})

it('calls the tool of Codex in the events of OpenAI Responses', async () => {
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'TOOLCALL[pwd]' }] }]

  const response = await post('/v1/responses', { model: 'm', tools: [{ name: 'exec_command' }], input })

  const events = eventsIn(await response.text())
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } })
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'response.output_item.done',
      item: expect.objectContaining({ name: 'exec_command', arguments: '{"cmd":"pwd"}' }),
    }),
  )
})

it('streams an answer and its usage in the chunks of OpenAI Chat Completions', async () => {
  const response = await post('/v1/chat/completions', {
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    tools: chatTools,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Say ANSWER[pong]' }] }],
  })

  const text = await response.text()

  const chunks = chunksIn(text)
  expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')).toBe(
    'pong',
  )
  expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
})

it('calls the tool it is offered in chunks, then tells what it printed', async () => {
  const question = { role: 'user', content: 'Run TOOLCALL[echo hi]' }
  const ask = (messages: object[], stream: boolean) =>
    post('/v1/chat/completions', { model: 'm', stream, tools: chatTools, messages })

  const chunks = chunksIn(await (await ask([question], true)).text())
  const call = await (await ask([question], false)).json()
  const answer = await (
    await ask([question, call.choices[0].message, { role: 'tool', tool_call_id: 'c', content: 'hi' }], false)
  ).json()

  const calls = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
  expect(calls[0]?.function.name).toBe('bash')
  expect(JSON.parse(calls.map((part) => part.function.arguments).join(''))).toMatchObject({
    command: 'echo hi',
  })
  expect(call).toMatchObject({
    choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'bash' } }] } }],
    usage: { total_tokens: 15 },
  })
  expect(answer).toMatchObject({ choices: [{ message: { content: 'The command printed: hi' } }] })
})

it('fails as scripted, and answers side requests and unknown paths calmly', async () => {
  const messages = [{ role: 'user', content: 'ERROR[429]' }]

  expect((await post('/v1/messages', { tools, messages })).status).toBe(429)
  expect((await post('/v1/messages', { messages })).status).toBe(200)
  expect((await post('/v1/chat/completions', { tools: chatTools, messages })).status).toBe(429)
  expect((await post('/v1/chat/completions', { messages })).status).toBe(200)
  expect((await fetch(`${server.url}/api/hello`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${server.url}/nowhere`)).status).toBe(404)
})

function post(path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
    body: JSON.stringify(body),
  })
}

function eventsIn(text: string): { type: string }[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)))
}

interface Chunk {
  choices: {
    delta: { content?: string | null; tool_calls?: { function: { name?: string; arguments: string } }[] }
  }[]
}

function chunksIn(text: string): Chunk[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)))
}
