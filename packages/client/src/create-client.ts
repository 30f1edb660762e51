import type { Me } from '@agent-machines/core'
import type { CallOptions } from './api/call-options.ts'
import {
  type CatalogueApi,
  type CredentialsApi,
  createCatalogueApi,
  createCredentialsApi,
} from './api/catalogue-api.ts'
import { type ConsoleApi, createConsoleApi } from './api/console-api.ts'
import { createMachinesApi, type MachinesApi } from './api/machines-api.ts'
import { createRunsApi, type RunsApi } from './api/runs-api.ts'
import {
  type ApiKeysApi,
  createApiKeysApi,
  createLoginLink,
  createSessionApi,
  readMe,
  type SessionApi,
} from './api/sessions-api.ts'
import { type Fetch, Http } from './http/http.ts'
import { type FleetEvent, followFleet } from './streams/fleet-stream.ts'
import type { Pause } from './streams/resume-events.ts'

export interface ClientOptions {
  /** Origin of the control plane; empty in a page that it served itself. */
  readonly baseUrl: string
  readonly fetch?: Fetch
  /** Asked anew for every request: `Authorization: Bearer …`, or `X-AM-Proof` in a browser. */
  readonly headers?: () => Record<string, string>
  /** Makes idempotency keys. */
  readonly createId?: () => string
  readonly pause?: Pause
}

/** The whole HTTP API, typed. Every failure is an `AgentMachinesError`, except the caller's own abort. */
export interface Client extends CatalogueApi {
  readonly baseUrl: string
  readonly session: SessionApi
  readonly apiKeys: ApiKeysApi
  readonly credentials: CredentialsApi
  readonly machines: MachinesApi
  readonly runs: RunsApi
  readonly console: ConsoleApi
  me(options?: CallOptions): Promise<Me>
  /** A fresh one-time login link; needs an API key. */
  login(options?: CallOptions): Promise<{ url: string }>
  /** Live changes of the fleet; reconnects by itself. */
  events(options?: CallOptions): AsyncIterable<FleetEvent>
}

export function createClient(options: ClientOptions): Client {
  const http = new Http({
    baseUrl: options.baseUrl,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    headers: options.headers ?? (() => ({})),
  })
  const pause = options.pause ?? pauseFor
  const createId = options.createId ?? randomId
  return {
    ...createCatalogueApi(http),
    baseUrl: http.baseUrl,
    session: createSessionApi(http),
    apiKeys: createApiKeysApi(http),
    credentials: createCredentialsApi(http),
    machines: createMachinesApi(http, createId, pause),
    runs: createRunsApi(http, createId, pause),
    console: createConsoleApi(http),
    me: (callOptions) => readMe(http, callOptions),
    login: (callOptions) => createLoginLink(http, callOptions),
    events: (callOptions) => followFleet(http, pause, callOptions),
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
