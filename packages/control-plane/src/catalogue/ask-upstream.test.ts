import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { askUpstream } from './ask-upstream.ts'
import type { Endpoint } from './upstream-verdicts.ts'

const key = 'sk-canary-0123456789'
const models = JSON.stringify({ data: [{ id: 'm-2' }, { id: 'm-1' }, {}] })

it('lists the models of an upstream, sorted, and sends the key as its protocol wants it', async () => {
  const asked: IncomingMessage[] = []
  const baseUrl = await listening((request, answer) => {
    asked.push(request)
    answer.end(models)
  })

  const anthropic = await askUpstream({ ...endpoint, baseUrl, protocols: ['anthropic-messages'] })
  const openAi = await askUpstream({ ...endpoint, baseUrl, protocols: ['openai-responses'] })

  expect(anthropic).toMatchObject({
    state: 'ok',
    models: ['m-1', 'm-2'],
    message: 'Gate answers, with 2 models.',
  })
  expect(openAi.models).toEqual(['m-1', 'm-2'])
  expect(asked.map(({ url }) => url)).toEqual(['/v1/models', '/v1/models'])
  expect(asked[0]?.headers).toMatchObject({ 'x-api-key': key, 'anthropic-version': '2023-06-01' })
  expect(asked[0]?.headers.authorization).toBeUndefined()
  expect(asked[1]?.headers).toMatchObject({ authorization: `Bearer ${key}` })
})

it.each([
  [
    'a refused key',
    401,
    '{"error":{"message":"invalid x-api-key sk-canary-0123456789"}}',
    {},
    'key-refused',
    /invalid x-api-key …/,
  ],
  ['a key that may not', 403, '{"error":"no access"}', {}, 'key-refused', /no access/],
  ['a limit that says until when', 429, '', { 'retry-after': '30' }, 'limited', /in 30 s/],
  ['a limit that does not', 429, '', {}, 'limited', /later/],
  ['a redirect', 302, '', { location: 'http://elsewhere.test/' }, 'address-wrong', /elsewhere/],
  ['a failure of its own', 503, 'oops', {}, 'upstream-failed', /503/],
  ['a web page', 200, '<html>', {}, 'address-wrong', /no list of models/],
  ['an unknown answer', 418, '', {}, 'address-wrong', /418/],
] as const)('tells %s from the others', async (_, status, body, headers, code, words) => {
  const baseUrl = await listening((_request, answer) => answer.writeHead(status, headers).end(body))

  const check = await askUpstream({ ...endpoint, baseUrl })

  expect(check).toMatchObject({ state: 'failed', code, models: null })
  expect(`${check.message} ${check.fix}`).toMatch(words)
  expect(JSON.stringify(check)).not.toContain(key)
  expect(check.isTransient).toBe(['limited', 'upstream-failed'].includes(code))
})

it('wants a key where an endpoint that was given none refuses', async () => {
  const baseUrl = await listening((_request, answer) => answer.writeHead(401).end())

  expect(await askUpstream({ ...endpoint, baseUrl, key: '' })).toMatchObject({ code: 'key-missing' })
})

it('asks a custom endpoint for each of its protocols, also where it lists no models', async () => {
  const served = ['/v1/messages', '/v1/chat/completions']
  const baseUrl = await listening((request, answer) =>
    answer.writeHead(served.includes(request.url ?? '') ? 400 : 404).end(),
  )
  const custom = { ...endpoint, baseUrl, listProvesLittle: true }

  const whole = await askUpstream({ ...custom, protocols: ['anthropic-messages', 'openai-chat'] })
  const lacking = await askUpstream({ ...custom, protocols: ['anthropic-messages', 'openai-responses'] })

  expect(whole).toMatchObject({ state: 'ok', models: null, fix: expect.stringContaining('by hand') })
  expect(lacking).toMatchObject({ state: 'failed', code: 'protocol-missing' })
  expect(lacking.message).toContain('OpenAI Responses')
})

it('finds a wrong key also where anybody gets the list of models', async () => {
  const baseUrl = await listening((request, answer) => {
    const isList = request.url === '/v1/models'
    answer.writeHead(isList ? 200 : 401).end(isList ? JSON.stringify({ data: [{ id: 'm' }] }) : '')
  })

  expect(await askUpstream({ ...endpoint, baseUrl })).toMatchObject({ state: 'ok' })
  expect(await askUpstream({ ...endpoint, baseUrl, listProvesLittle: true })).toMatchObject({
    state: 'failed',
    code: 'key-refused',
  })
})

it('names a port where nothing listens, and a host that does not exist', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))

  const refused = await askUpstream({ ...endpoint, baseUrl: `http://127.0.0.1:${port}` })
  const unknown = await askUpstream({ ...endpoint, baseUrl: 'http://no-such-host.invalid' })

  expect(refused).toMatchObject({ code: 'unreachable', message: `Nothing listens at 127.0.0.1:${port}.` })
  expect(unknown).toMatchObject({ code: 'unreachable', message: expect.stringContaining('no-such-host') })
})

const endpoint: Endpoint = {
  label: 'Gate',
  baseUrl: '',
  protocols: ['openai-responses'],
  key,
  listProvesLittle: false,
}

async function listening(
  handle: (request: IncomingMessage, answer: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
