/** Best first. */
const transportKinds = ['ws', 'sse', 'poll'] as const
export type TransportKind = (typeof transportKinds)[number]

const failuresUntilFallback = 2
const shortLifeMs = 10_000
const failedForMs = 120_000
const heldBackForMs = 600_000

interface Experience {
  failures: number
  avoidUntil: number
}

/**
 * Decides which transport the next connection uses: the best one that has not failed lately.
 *
 * One that could not be opened, or broke soon, twice in a row is left alone for two minutes; an event stream that
 * something on the way holds back for ten. Afterwards it gets another chance, and one more failure ends that.
 */
export class TransportChoice {
  readonly #experience: Partial<Record<TransportKind, Experience>> = {}
  readonly #kinds: readonly TransportKind[]

  /** `kinds`: those that can be used here. */
  constructor(kinds: readonly TransportKind[]) {
    this.#kinds = transportKinds.filter((kind) => kinds.includes(kind))
  }

  choose(served: readonly TransportKind[], now: number): TransportKind {
    const known = this.#kinds.filter((kind) => served.includes(kind))
    const usable = known.find((kind) => now >= (this.#experience[kind]?.avoidUntil ?? 0))
    return usable ?? known.at(-1) ?? 'sse'
  }

  /** A connection ended by a failure; `livedMs` is 0 when it never stood. */
  broke(kind: TransportKind, livedMs: number, now: number): void {
    const experience = this.#of(kind)
    experience.failures = livedMs < shortLifeMs ? experience.failures + 1 : 0
    if (experience.failures < failuresUntilFallback) return
    experience.failures = failuresUntilFallback - 1
    experience.avoidUntil = now + failedForMs
  }

  /** What is sent does not come through before there is more of it. */
  heldBack(kind: TransportKind, now: number): void {
    this.#of(kind).avoidUntil = now + heldBackForMs
  }

  #of(kind: TransportKind): Experience {
    const experience = this.#experience[kind] ?? { failures: 0, avoidUntil: 0 }
    this.#experience[kind] = experience
    return experience
  }
}
