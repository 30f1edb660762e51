import { redact } from '../deploy/redact.ts'

const lookUpAgainMs = 60_000

/** The values of one machine that nobody may read off its screen; what was one once is always hidden. */
export class KnownSecrets {
  readonly #lookUp: () => Promise<readonly string[]>
  readonly #now: () => number
  readonly #values = new Set<string>()
  #lookedUpAt: number | null = null

  constructor(lookUp: () => Promise<readonly string[]>, now: () => number) {
    this.#lookUp = lookUp
    this.#now = now
  }

  /** The text without them; null while nobody has ever said which they are. */
  async hideIn(text: string): Promise<string | null> {
    if (this.#lookedUpAt === null || this.#now() - this.#lookedUpAt >= lookUpAgainMs) await this.#learn()
    return this.#lookedUpAt === null ? null : redact(text, [...this.#values])
  }

  async #learn(): Promise<void> {
    try {
      for (const value of await this.#lookUp()) this.#values.add(value)
      this.#lookedUpAt = this.#now()
    } catch (_credentialIsGone) {
      if (this.#lookedUpAt !== null) this.#lookedUpAt = this.#now()
    }
  }
}
