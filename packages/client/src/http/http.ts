import { AgentMachinesError } from '@agent-machines/core'
import { readEventStream } from '../sse/read-event-stream.ts'
import type { SseMessage } from '../sse/sse-parser.ts'
import { toError } from './answer-error.ts'
import { type SentBytes, sendBytes } from './send-bytes.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface HttpOptions {
  /** Origin of the control plane, without `/api/v1`. */
  readonly baseUrl: string
  /** Where the routes begin; `/api/v1` unless told. */
  readonly prefix?: string
  readonly fetch: Fetch
  /** Asked anew for every request: `Authorization`, or `X-AM-Proof` in a browser. */
  readonly headers: () => Record<string, string>
}

export interface RequestOptions {
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface UploadOptions extends Pick<RequestOptions, 'query' | 'signal'> {
  readonly bytes: SentBytes['bytes']
  /** Told in browsers, as bytes leave. */
  readonly onProgress?: SentBytes['onProgress'] | undefined
}

/** The part of a zod schema that reading an answer needs. */
export interface AnswerSchema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: unknown }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Requests below the prefix; whatever goes wrong is an `AgentMachinesError`, except the caller's own abort. */
export class Http {
  readonly #options: HttpOptions

  constructor(options: HttpOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') }
  }

  get baseUrl(): string {
    return this.#options.baseUrl
  }

  urlOf(path: string, query: RequestOptions['query'] = {}): string {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value))
    }
    const suffix = search.size > 0 ? `?${search}` : ''
    return `${this.#options.baseUrl}${this.#options.prefix ?? '/api/v1'}${path}${suffix}`
  }

  /** The answer's body, checked against `schema`. */
  async json<T>(
    method: Method,
    path: string,
    schema: AnswerSchema<T>,
    options: RequestOptions = {},
  ): Promise<T> {
    const response = await this.send(method, path, options)
    const text = await this.#textOf(response, options.signal)
    return this.#checked(method, path, schema, text)
  }

  /** The answer itself; every status of 400 and above rejects. */
  async send(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
    const response = await this.#fetch(this.urlOf(path, options.query), {
      method,
      headers: {
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.#options.headers(),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    if (!response.ok) throw toError(response.status, await this.#textOf(response, options.signal))
    return response
  }

  /** Posts raw bytes; the answer's body, checked against `schema`. */
  async upload<T>(path: string, schema: AnswerSchema<T>, options: UploadOptions): Promise<T> {
    const { bytes, query, signal, onProgress } = options
    const url = this.urlOf(path, query)
    const headers = {
      accept: 'application/json',
      'content-type': 'application/octet-stream',
      ...this.#options.headers(),
    }
    const response =
      onProgress && typeof XMLHttpRequest !== 'undefined'
        ? await sendBytes({ url, headers, bytes, signal, onProgress })
        : await this.#fetch(url, { method: 'POST', headers, body: bytes, ...(signal ? { signal } : {}) })
    const text = await this.#textOf(response, signal)
    if (!response.ok) throw toError(response.status, text)
    return this.#checked('POST', path, schema, text)
  }

  /** An event stream; resolves when the server has begun to answer. */
  async events(
    method: Method,
    path: string,
    options: RequestOptions = {},
  ): Promise<AsyncGenerator<SseMessage, void, undefined>> {
    const headers = { accept: 'text/event-stream', ...options.headers }
    const response = await this.send(method, path, { ...options, headers })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!isStream || !response.body) {
      await response.body?.cancel()
      throw new AgentMachinesError('INTERNAL', `${method} ${path} was not answered by an event stream.`)
    }
    return readEventStream(response.body, options.signal)
  }

  #checked<T>(method: Method, path: string, schema: AnswerSchema<T>, text: string): T {
    const parsed = schema.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    throw new AgentMachinesError(
      'INTERNAL',
      `${method} ${path} was answered in a form that this version does not know.`,
      { cause: parsed.error },
    )
  }

  async #fetch(url: string, init: RequestInit, tries = isRepeatable(init) ? 2 : 1): Promise<Response> {
    try {
      return await this.#options.fetch(url, init)
    } catch (cause) {
      if (tries > 1 && isTornConnection(cause)) return this.#fetch(url, init, tries - 1)
      throw this.#unreachable(cause, init.signal)
    }
  }

  async #textOf(response: Response, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await response.text()
    } catch (cause) {
      throw this.#unreachable(cause, signal)
    }
  }

  #unreachable(cause: unknown, signal: AbortSignal | null | undefined): unknown {
    if (signal?.aborted) return signal.reason
    return new AgentMachinesError(
      'CONTROL_PLANE_UNREACHABLE',
      `The control plane at ${this.#options.baseUrl} does not answer.`,
      { cause },
    )
  }
}

/** Asked twice is as good as asked once. */
function isRepeatable({ method = 'GET', headers }: RequestInit): boolean {
  return ['GET', 'PUT', 'DELETE'].includes(method) || new Headers(headers).has('idempotency-key')
}

/**
 * Node's fetch may send a request on a kept connection in the moment its server closes it. What may be repeated is
 * asked again.
 */
function isTornConnection(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && tornCodes.has(String(cause.code))
}

const tornCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: `undefined` fails every schema, which names the request.
    return undefined
  }
}
