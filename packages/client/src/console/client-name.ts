/** What was sent under a name, of which nobody said whether it was typed. */
export interface Unsettled {
  readonly client: string
  readonly epoch: string | null
}

/**
 * The name under which input is numbered. Numbers of a name that was given up could still be under way; under the
 * next one they mean nothing.
 */
export class ClientName {
  readonly #base: string
  readonly #former = new Set<string>()
  #current: string
  /** The first name given up with something unanswered: nothing is sent again before that is settled. */
  unsettled: Unsettled | null = null

  constructor(base: string) {
    this.#base = base
    this.#current = base
  }

  get current(): string {
    return this.#current
  }

  isFormer(client: string): boolean {
    return this.#former.has(client)
  }

  change(): void {
    this.#former.add(this.#current)
    this.#current = `${this.#base}-${this.#former.size}`
  }
}
