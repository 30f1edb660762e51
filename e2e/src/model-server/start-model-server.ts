import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerMessages } from './anthropic-messages.ts'
import { type Json, objectOf } from './json-value.ts'
import { answerChat } from './openai-chat.ts'
import { answerResponses } from './openai-responses.ts'
import type { ScriptedError } from './prompt-script.ts'
import { sendAnthropicError, sendOpenAiError } from './scripted-error.ts'

/** A request as it arrived; its headers tell which credential a CLI sent. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Json
  /** By the clock of `performance`, in milliseconds. */
  readonly at: number
}

export interface ModelServer {
  /** Without a trailing slash and without `/v1`. */
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
}

/** A key that every protocol refuses. */
export const revokedKey = 'sk-revoked'

/** A model source on loopback that speaks Anthropic Messages, OpenAI Responses and Chat Completions and does what prompts say. */
export async function startModelServer(): Promise<ModelServer> {
  const requests: RecordedRequest[] = []
  const server = createServer((request, response) => {
    handle(request, response, requests).catch((error: unknown) => response.destroy(toError(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const refusal: ScriptedError = { kind: 'error', status: 401, retryAfter: null }

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  requests: RecordedRequest[],
): Promise<void> {
  const path = request.url ?? '/'
  const body = await readJson(request)
  requests.push({ method: request.method ?? '', path, headers: request.headers, body, at: performance.now() })
  const route = `${request.method} ${path.split('?')[0]}`
  const isRevoked = JSON.stringify(request.headers).includes(revokedKey)
  switch (route) {
    case 'POST /v1/messages':
      return isRevoked ? sendAnthropicError(response, refusal) : answerMessages(body, response)
    case 'POST /v1/messages/count_tokens':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":10}')
    case 'POST /v1/responses':
      return isRevoked ? sendOpenAiError(response, refusal) : answerResponses(body, response)
    case 'POST /v1/chat/completions':
      return isRevoked ? sendOpenAiError(response, refusal) : answerChat(body, response)
    case 'HEAD /api/hello':
    case 'GET /api/hello':
      return void response.writeHead(200).end()
    default:
      return void response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"type":"not_found_error","message":"Not found"}}')
  }
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    return objectOf(text === '' ? {} : JSON.parse(text))
  } catch {
    // Not JSON, such as a compressed body: the routes answer an empty one.
    return {}
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
