import {
  type ApiKey,
  apiKeySchema,
  createdApiKeySchema,
  type Me,
  meSchema,
  type Page,
  pageOf,
  sessionAnswerSchema,
} from '@agent-machines/core'
import { z } from 'zod'
import type { Http } from '../http/http.ts'
import { type CallOptions, type ListOptions, listQueryOf } from './call-options.ts'

const loginLinkSchema = z.object({ url: z.string() })

export interface SessionApi {
  /** Trades the one-time token of a login link for the cookie and the proof; the proof is given once. */
  create(token: string, options?: CallOptions): Promise<{ proof: string }>
  delete(options?: CallOptions): Promise<void>
}

export interface ApiKeysApi {
  list(options?: ListOptions): Promise<Page<ApiKey>>
  /** The key itself is in this answer only. */
  create(name: string, options?: CallOptions): Promise<ApiKey & { key: string }>
  delete(id: string, options?: CallOptions): Promise<void>
}

export function createSessionApi(http: Http): SessionApi {
  return {
    create: (token, options) =>
      http.json('POST', '/session', sessionAnswerSchema, { ...options, body: { token } }),
    delete: async (options) => {
      await http.send('DELETE', '/session', options)
    },
  }
}

export function createApiKeysApi(http: Http): ApiKeysApi {
  return {
    list: (options = {}) =>
      http.json('GET', '/api-keys', pageOf(apiKeySchema), {
        query: listQueryOf(options),
        signal: options.signal,
      }),
    create: (name, options) =>
      http.json('POST', '/api-keys', createdApiKeySchema, { ...options, body: { name } }),
    delete: async (id, options) => {
      await http.send('DELETE', `/api-keys/${encodeURIComponent(id)}`, options)
    },
  }
}

/** Who the caller is. */
export function readMe(http: Http, options?: CallOptions): Promise<Me> {
  return http.json('GET', '/me', meSchema, options)
}

/** A fresh one-time login link; for API keys only. */
export function createLoginLink(http: Http, options?: CallOptions): Promise<{ url: string }> {
  return http.json('POST', '/login-links', loginLinkSchema, options)
}
