/** What a line editor certainly does with a key. */
export type PredictableKey =
  | { readonly kind: 'insert'; readonly chars: string; readonly width: 1 | 2 }
  | { readonly kind: 'backspace' | 'left' | 'right' }

const movements: Readonly<Record<string, PredictableKey>> = {
  '\x7f': { kind: 'backspace' },
  '\x1b[D': { kind: 'left' },
  '\x1bOD': { kind: 'left' },
  '\x1b[C': { kind: 'right' },
  '\x1bOC': { kind: 'right' },
}

/** One character of one cell in every width table: ASCII and Latin letters without the invisible soft hyphen. */
const narrow = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02af]+$/
/** Two cells in every width table: kana, CJK ideographs, Hangul syllables. */
const wide = /^[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]$/

/** The keys that `data` of a terminal stands for; null when nobody can know what comes of it. */
export function predictableKeys(data: string): PredictableKey[] | null {
  const movement = movements[data]
  if (movement !== undefined) return [movement]
  const keys: PredictableKey[] = []
  for (const chars of data) {
    if (narrow.test(chars)) keys.push({ kind: 'insert', chars, width: 1 })
    else if (wide.test(chars)) keys.push({ kind: 'insert', chars, width: 2 })
    else return null
  }
  return keys
}
