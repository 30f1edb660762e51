import type { Principal } from './principal.ts'

const rememberedMs = 1000
const mostRemembered = 1000

/**
 * Who used which secret within the last second, by the secret's hash.
 *
 * Typing over requests makes ten of them a second, and a look into the database costs each a fifth of its
 * echo time. Every instance forgets them when a secret was revoked through any.
 */
export class RecentPrincipals {
  readonly #known = new Map<string, { readonly principal: Principal; readonly until: number }>()

  find(hash: string, now: Date): Principal | undefined {
    const known = this.#known.get(hash)
    return known !== undefined && now.getTime() < known.until ? known.principal : undefined
  }

  remember(hash: string, principal: Principal, now: Date): void {
    if (this.#known.size >= mostRemembered) this.#known.clear()
    this.#known.set(hash, { principal, until: now.getTime() + rememberedMs })
  }

  /** To be called after anything was revoked. */
  forgetAll(): void {
    this.#known.clear()
  }
}
