/** Best first. */
const transportKinds = ['ws', 'sse', 'poll'] as const
export type TransportKind = (typeof transportKinds)[number]

const failuresUntilFallback = 2
const shortLifeMs = 10_000
const failedForMs = 120_000
const heldBackForMs = 600_000
const longestMs = 3_600_000

interface Experience {
  failures: number
  avoidUntil: number
  /** How often it was given up without having worked since. */
  givenUp: number
}

/**
 * Decides which transport the next connection uses: the best one that has not failed lately.
 *
 * One that could not be opened, or broke soon, twice in a row is left alone for two minutes; an event stream that
 * something on the way holds back for ten. Afterwards it gets another chance; each that fails doubles the time.
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
    return known.find((kind) => now >= this.#of(kind).avoidUntil) ?? known.at(-1) ?? 'sse'
  }

  /** The next better transport and when it may be tried; null for the best. */
  betterThan(
    kind: TransportKind,
    served: readonly TransportKind[],
  ): { kind: TransportKind; at: number } | null {
    const known = this.#kinds.filter((each) => served.includes(each))
    const better = known.slice(0, Math.max(known.indexOf(kind), 0))
    const [first] = better.toSorted((a, b) => this.#of(a).avoidUntil - this.#of(b).avoidUntil)
    return first === undefined ? null : { kind: first, at: this.#of(first).avoidUntil }
  }

  /** A connection ended by a failure; `livedMs` is 0 when it never stood. */
  broke(kind: TransportKind, livedMs: number, now: number): void {
    const experience = this.#of(kind)
    experience.failures = livedMs < shortLifeMs ? experience.failures + 1 : 0
    if (livedMs >= shortLifeMs) experience.givenUp = 0
    if (experience.failures >= failuresUntilFallback) this.#giveUp(experience, failedForMs, now)
  }

  /** What is sent does not come through before there is more of it. */
  heldBack(kind: TransportKind, now: number): void {
    this.#giveUp(this.#of(kind), heldBackForMs, now)
  }

  /** Tried beside another, it did not work. */
  failed(kind: TransportKind, now: number): void {
    this.#giveUp(this.#of(kind), failedForMs, now)
  }

  /** Tried beside another, it did. */
  works(kind: TransportKind): void {
    this.#of(kind).avoidUntil = 0
  }

  #giveUp(experience: Experience, ms: number, now: number): void {
    experience.failures = failuresUntilFallback - 1
    experience.avoidUntil = now + Math.min(ms * 2 ** experience.givenUp, longestMs)
    experience.givenUp += 1
  }

  #of(kind: TransportKind): Experience {
    const experience = this.#experience[kind] ?? { failures: 0, avoidUntil: 0, givenUp: 0 }
    this.#experience[kind] = experience
    return experience
  }
}
