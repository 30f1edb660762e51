const firstMs = 250
const longestMs = 10_000

/** Pause before try number `attempt` (from 1); `random` in [0, 1) spreads clients that broke together. */
export function backOffMs(attempt: number, random: number): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(attempt - 1, 10), longestMs)
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}
