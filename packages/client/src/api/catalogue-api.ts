import {
  type CheckCredential,
  type CredentialStatus,
  credentialStatusSchema,
  type GateRequest,
  type GateVerdict,
  gateVerdictSchema,
  type Page,
  type PutCredential,
  pageOf,
  type RuntimeEntry,
  runtimeEntrySchema,
  type SubstrateEntry,
  substrateEntrySchema,
  type UpstreamCheck,
  type UpstreamEntry,
  upstreamCheckSchema,
  upstreamEntrySchema,
} from '@agent-machines/core'
import type { Http } from '../http/http.ts'
import type { CallOptions } from './call-options.ts'

/** What can be combined, and whether a combination can run. */
export interface CatalogueApi {
  runtimes(options?: CallOptions): Promise<Page<RuntimeEntry>>
  substrates(options?: CallOptions): Promise<Page<SubstrateEntry>>
  upstreams(options?: CallOptions): Promise<Page<UpstreamEntry>>
  /** What an upstream lists; `failed` when it cannot be asked. */
  models(upstream: string, options?: CallOptions): Promise<UpstreamCheck>
  gate(request: GateRequest, options?: CallOptions): Promise<GateVerdict>
}

/** Write-only: no answer holds a value. */
export interface CredentialsApi {
  list(options?: CallOptions): Promise<Page<CredentialStatus>>
  put(name: string, credential: PutCredential, options?: CallOptions): Promise<CredentialStatus>
  /** Asks the upstream whether it takes this key, or the stored one; stores nothing. */
  check(name: string, credential?: CheckCredential, options?: CallOptions): Promise<UpstreamCheck>
  delete(name: string, options?: CallOptions): Promise<void>
}

export function createCatalogueApi(http: Http): CatalogueApi {
  return {
    runtimes: (options) => http.json('GET', '/runtimes', pageOf(runtimeEntrySchema), options),
    substrates: (options) => http.json('GET', '/substrates', pageOf(substrateEntrySchema), options),
    upstreams: (options) => http.json('GET', '/upstreams', pageOf(upstreamEntrySchema), options),
    models: (upstream, options) =>
      http.json('GET', `/upstreams/${encodeURIComponent(upstream)}/models`, upstreamCheckSchema, options),
    gate: (request, options) => http.json('POST', '/gate', gateVerdictSchema, { ...options, body: request }),
  }
}

export function createCredentialsApi(http: Http): CredentialsApi {
  const pathOf = (name: string) => `/credentials/${encodeURIComponent(name)}`
  return {
    list: (options) => http.json('GET', '/credentials', pageOf(credentialStatusSchema), options),
    put: (name, credential, options) =>
      http.json('PUT', pathOf(name), credentialStatusSchema, { ...options, body: credential }),
    check: (name, credential = {}, options) =>
      http.json('POST', `${pathOf(name)}/check`, upstreamCheckSchema, { ...options, body: credential }),
    delete: async (name, options) => {
      await http.send('DELETE', pathOf(name), options)
    },
  }
}
