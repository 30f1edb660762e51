/** One measured value beside what it should be at most. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'MB' | 'KB' | 'MB/s' | 'x' | ''
  /** The value that must not be exceeded; absent for figures that only explain another one. */
  readonly goal?: number
  /** The value that must be reached. */
  readonly atLeast?: number
  /** How often it was measured, and how it spread. */
  readonly note: string
}

/** The smallest value that at least `share` of `values` do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function spreadOf(values: readonly number[]): string {
  const [low, p95, high] = [percentile(values, 0), percentile(values, 0.95), percentile(values, 1)]
  return `n=${values.length}, min ${round(low)}, p95 ${round(p95)}, max ${round(high)}`
}

export function round(value: number): number {
  return Number(value.toPrecision(3))
}

export function isMet({ value, goal, atLeast }: Figure): boolean {
  return (goal === undefined || value <= goal) && (atLeast === undefined || value >= atLeast)
}

/** In words; empty for a figure that only explains another one. */
export function wantedOf({ goal, atLeast, unit }: Figure): string {
  if (goal !== undefined) return `≤ ${round(goal)} ${unit}`
  return atLeast === undefined ? '' : `≥ ${round(atLeast)} ${unit}`
}

/** The figures as aligned text. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [
    ['', 'measured', 'goal', '', ''],
    ...figures.map((figure) => [
      figure.name,
      `${round(figure.value)} ${figure.unit}`,
      wantedOf(figure),
      wantedOf(figure) === '' ? '' : isMet(figure) ? 'met' : 'MISSED',
      figure.note,
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
