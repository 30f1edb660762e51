import { AgentMachinesError } from '@agent-machines/core'
import type { AllowList } from './allow-list.ts'

/** What of a request decides whether it may go on. */
export interface AccessRequest {
  readonly method: string
  readonly transport: 'http' | 'websocket'
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  /** The `Authorization` header. */
  readonly authorization: string | undefined
  /** Value of the session cookie. */
  readonly cookie: string | undefined
  /** From `X-AM-Proof`, or from the WebSocket subprotocol. */
  readonly proof: string | undefined
}

/** What remains to be looked up before the request is known to be allowed. */
export type AccessDecision =
  | { readonly check: 'api-key'; readonly key: string }
  | { readonly check: 'session'; readonly cookie: string; readonly proof: string }

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Decides by headers alone; throws `HOST_REFUSED`, `ORIGIN_REFUSED` or `SIGN_IN_REQUIRED`.
 *
 * A browser sends the cookie to every port of this host, so it counts only together with the proof that
 * the page keeps per origin. An API key is never sent by a browser on its own, so its origin is no matter.
 */
export function decideAccess(request: AccessRequest, allowList: AllowList): AccessDecision {
  requireKnownHost(request.host, allowList)
  if (request.authorization !== undefined)
    return { check: 'api-key', key: bearerKeyOf(request.authorization) }
  if (!request.cookie) throw new AgentMachinesError('SIGN_IN_REQUIRED')
  requireOwnOrigin(request, allowList)
  if (!request.proof) throw new AgentMachinesError('SIGN_IN_REQUIRED')
  return { check: 'session', cookie: request.cookie, proof: request.proof }
}

/** Throws `HOST_REFUSED`; goes before everything else, for open routes too (DNS rebinding). */
export function requireKnownHost(host: string | undefined, allowList: AllowList): void {
  if (host !== undefined && allowList.hosts.has(host.toLowerCase())) return
  throw new AgentMachinesError('HOST_REFUSED', undefined, { details: { host: host?.slice(0, 255) ?? null } })
}

/** Throws `ORIGIN_REFUSED`; for requests that carry a session cookie or start a session. */
export function requireOwnOrigin(
  request: Pick<AccessRequest, 'method' | 'transport' | 'origin' | 'secFetchSite'>,
  allowList: AllowList,
): void {
  const { origin, secFetchSite } = request
  const foreign = origin !== undefined && !allowList.origins.has(origin)
  const otherSite = secFetchSite !== undefined && secFetchSite !== 'same-origin'
  const needed = request.transport === 'websocket' || changing.has(request.method.toUpperCase())
  if (!foreign && !otherSite && (origin !== undefined || !needed)) return
  throw new AgentMachinesError('ORIGIN_REFUSED', undefined, {
    details: { origin: origin?.slice(0, 255) ?? null, secFetchSite: secFetchSite?.slice(0, 32) ?? null },
  })
}

function bearerKeyOf(authorization: string): string {
  const key = /^Bearer +(am_[A-Za-z0-9_-]{1,128})$/i.exec(authorization)?.[1]
  if (key === undefined) throw new AgentMachinesError('SIGN_IN_REQUIRED')
  return key
}

/** The proof in a `Sec-WebSocket-Protocol` header. */
export function proofOfSubprotocols(header: string | undefined): string | undefined {
  for (const name of header?.split(',') ?? []) {
    const proof = /^am\.proof\.([A-Za-z0-9_-]{1,128})$/.exec(name.trim())?.[1]
    if (proof !== undefined) return proof
  }
  return undefined
}
