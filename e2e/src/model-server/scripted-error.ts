import type { ServerResponse } from 'node:http'
import type { ScriptedError } from './prompt-script.ts'

type Wording = Readonly<
  Record<number, { readonly type: string; readonly code?: string; readonly message: string }>
>

/** As Anthropic says them. */
const anthropic: Wording = {
  400: { type: 'invalid_request_error', message: 'max_tokens: must be greater than or equal to 1' },
  401: { type: 'authentication_error', message: 'invalid x-api-key' },
  404: { type: 'not_found_error', message: 'model: test-model' },
  429: { type: 'rate_limit_error', message: "This request would exceed your account's rate limit." },
  500: { type: 'api_error', message: 'Internal server error' },
}

/** As OpenAI says them. */
const openai: Wording = {
  400: { type: 'invalid_request_error', code: 'invalid_value', message: 'Invalid value for an argument.' },
  401: {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided: sk-t***ted.',
  },
  404: {
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model `test-model` does not exist or you do not have access to it.',
  },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests per min.' },
  500: { type: 'server_error', message: 'The server had an error while processing your request.' },
}

export function sendAnthropicError(response: ServerResponse, reply: ScriptedError): void {
  send(response, reply, { type: 'error', error: wordsOf(anthropic, reply) })
}

export function sendOpenAiError(response: ServerResponse, reply: ScriptedError): void {
  send(response, reply, { error: wordsOf(openai, reply) })
}

function wordsOf(wording: Wording, { status }: ScriptedError) {
  return wording[status] ?? { type: 'api_error', message: `Scripted error ${status}` }
}

/** Where a limit names no time, a CLI that tries again by itself is told to do so at once. */
function send(response: ServerResponse, { status, retryAfter }: ScriptedError, body: unknown): void {
  if (retryAfter !== null) response.setHeader('retry-after', retryAfter)
  else if (status === 429) response.setHeader('retry-after-ms', '50')
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
