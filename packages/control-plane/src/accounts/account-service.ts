import { AgentMachinesError } from '@agent-machines/core'
import type { AllowList } from './allow-list.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { type AccessRequest, decideAccess, requireKnownHost, requireOwnOrigin } from './decide-access.ts'
import type { LoginRateLimit } from './login-rate-limit.ts'
import type { LoginTokens } from './login-tokens.ts'
import type { Principal } from './principal.ts'
import type { NewSession, SessionStore } from './session-store.ts'

export interface AccountServiceOptions {
  readonly keys: Pick<ApiKeyStore, 'authenticate'>
  readonly sessions: Pick<SessionStore, 'authenticate' | 'create'>
  readonly tokens: Pick<LoginTokens, 'redeem'>
  readonly rateLimit: Pick<LoginRateLimit, 'take' | 'clear'>
}

/** Signs in, and says who makes a request. */
export class AccountService {
  readonly #options: AccountServiceOptions

  constructor(options: AccountServiceOptions) {
    this.#options = options
  }

  /** Rejects with `HOST_REFUSED`, `ORIGIN_REFUSED` or `SIGN_IN_REQUIRED`. */
  async authorize(request: AccessRequest, allowList: AllowList): Promise<Principal> {
    const decision = decideAccess(request, allowList)
    const principal =
      decision.check === 'api-key'
        ? await this.#options.keys.authenticate(decision.key)
        : await this.#options.sessions.authenticate(decision.cookie, decision.proof)
    if (principal === undefined) throw new AgentMachinesError('SIGN_IN_REQUIRED')
    return principal
  }

  /**
   * Turns a one-time token into a session. A browser's origin must be ours; a program sends none.
   *
   * Rejects with `HOST_REFUSED`, `ORIGIN_REFUSED`, `LOGIN_RATE_LIMITED` or `LOGIN_TOKEN_REFUSED`.
   */
  async signIn(
    request: AccessRequest,
    allowList: AllowList,
    { token, address }: { readonly token: string; readonly address: string },
  ): Promise<NewSession> {
    requireKnownHost(request.host, allowList)
    if (request.origin !== undefined || request.secFetchSite !== undefined)
      requireOwnOrigin(request, allowList)
    await this.#options.rateLimit.take(address)
    const workspace = await this.#options.tokens.redeem(token)
    if (workspace === undefined) throw new AgentMachinesError('LOGIN_TOKEN_REFUSED')
    await this.#options.rateLimit.clear(address)
    return await this.#options.sessions.create(workspace)
  }
}
