/**
 * Makes `value` one word of a POSIX shell command, whatever it holds.
 *
 * The only way a value enters a command. A NUL cannot stand in an argument and is refused.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new TypeError('a shell word cannot hold NUL')
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(value)) return value
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** Quotes each word and joins them with spaces. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
