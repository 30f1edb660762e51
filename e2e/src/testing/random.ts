/** Repeatable chance: the same seed gives the same numbers. */
export interface Random {
  readonly seed: number
  /** At least 0, below 1. */
  next(): number
  /** A whole number of at least `least` and at most `most`. */
  between(least: number, most: number): number
  bytes(count: number): Uint8Array
}

/** Prints its seed, so that a failure can be had again with `SEED=… `. */
export function seededRandom(name: string): Random {
  const given = Number(process.env.SEED)
  const seed = Number.isInteger(given) && given > 0 ? given : Date.now() % 2 ** 31
  process.stdout.write(`${name}: SEED=${seed}\n`)
  return randomFrom(seed)
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return { seed, next, between, bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)) }
}
