import type { Claimant } from '../protocol/driver-lines.ts'
import { hashOf } from '../protocol/hashes.ts'
import type { Timers } from './timers.ts'

const seenForMs = 5000

/** Who watches and types through this instance; who drives is known by the worker alone. */
export class ConsolePeople {
  readonly #timers: Timers
  readonly #names = new Map<string, Claimant>()
  readonly #active = new Map<string, number>()
  readonly #watching = new Map<string, number>()
  #viewers = 0

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get viewers(): number {
    return this.#viewers
  }

  claimant(client: string, label?: string): Claimant {
    const known = this.#names.get(client)
    if (known !== undefined && (label === undefined || label === known.label)) return known
    const claimant = { hash: known?.hash ?? hashOf(client), client, label: label ?? client }
    this.#names.set(client, claimant)
    return claimant
  }

  /** The claimant, noted as somebody who did something just now. */
  actor(client: string, label?: string): Claimant {
    const claimant = this.claimant(client, label)
    this.#active.set(claimant.hash, this.#timers.now())
    return claimant
  }

  /** Whether the client reads a stream here, or did so or something else in the last 5 s. */
  isHere(hash: string): boolean {
    return this.awayMs(hash) <= seenForMs
  }

  /** For how long the client has neither read nor done anything here. */
  awayMs(hash: string): number {
    if (this.#watching.has(hash)) return 0
    return this.#timers.now() - (this.#active.get(hash) ?? Number.NEGATIVE_INFINITY)
  }

  /** Counts a viewer in; call the answer to count it out. */
  enter(client: string | undefined, label: string | undefined): () => void {
    const hash = client === undefined ? null : this.claimant(client, label).hash
    this.#count(hash, 1)
    return () => this.#count(hash, -1)
  }

  #count(hash: string | null, by: number): void {
    this.#viewers += by
    if (hash === null) return
    const streams = (this.#watching.get(hash) ?? 0) + by
    if (streams > 0) this.#watching.set(hash, streams)
    else {
      this.#watching.delete(hash)
      this.#active.set(hash, this.#timers.now())
    }
  }
}
