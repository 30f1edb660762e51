/** What is written last, one after the other, to bring out what a look at a terminal does not show. */
export interface Probe {
  readonly shows: string
  readonly bytes: string
}

export const probes: readonly Probe[] = [
  { shows: 'the pen, the character set and a pending wrap', bytes: 'qé' },
  { shows: 'the second character set', bytes: '\x0eq\x0fx' },
  { shows: 'the saved cursor', bytes: '\x1b8Rq' },
  { shows: 'the tab stops', bytes: '\r\tT\tT\tT' },
  { shows: 'the top of the region', bytes: '\x1b[HH' },
  { shows: 'the bottom of the region', bytes: `${'\n'.repeat(40)}S` },
  { shows: 'the normal screen', bytes: '\x1b[?1049l\x0fqN\r\nM' },
]
