import { AgentMachinesError } from '@agent-machines/core'
import type { AccountService } from '../accounts/account-service.ts'
import { type AllowList, readCookie, sessionCookieOf } from '../accounts/allow-list.ts'
import { type AccessRequest, proofOfSubprotocols, requireKnownHost } from '../accounts/decide-access.ts'
import type { Principal } from '../accounts/principal.ts'
import type { Access } from './route.ts'

/** Reads one header; undefined when it is not there. */
export type HeaderReader = (name: string) => string | undefined

/** The part of a request that access is decided on. */
export function accessRequestOf(
  method: string,
  transport: AccessRequest['transport'],
  header: HeaderReader,
  instance: string,
  allowList: AllowList,
): AccessRequest {
  const host = header('host')
  const cookie = sessionCookieOf(instance, host ?? '', allowList)
  return {
    method,
    transport,
    host,
    origin: header('origin'),
    secFetchSite: header('sec-fetch-site'),
    authorization: header('authorization'),
    cookie: readCookie(header('cookie'), cookie.name),
    proof:
      transport === 'websocket'
        ? proofOfSubprotocols(header('sec-websocket-protocol'))
        : header('x-am-proof'),
  }
}

/** Who makes the request; null on open routes. A known `Host` is needed everywhere. */
export async function authorizeRoute(
  accounts: AccountService,
  request: AccessRequest,
  allowList: AllowList,
  access: Access,
): Promise<Principal | null> {
  if (access === 'open') {
    requireKnownHost(request.host, allowList)
    return null
  }
  const principal = await accounts.authorize(request, allowList)
  if (access === 'bearer' && principal.kind !== 'api-key') {
    throw new AgentMachinesError('SIGN_IN_REQUIRED', 'This needs an API key.')
  }
  return principal
}
