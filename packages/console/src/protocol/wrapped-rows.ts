export interface WrappedRows {
  /** The rows that go on in the next one. */
  readonly wrapped: ReadonlySet<number>
  /** The first row that the joined lines have not reached. */
  readonly next: number
}

/**
 * Finds which captured rows are parts of one line, from a second capture that joins them.
 *
 * tmux tells it no other way. Both captures hold the same text, the second without the breaks of wrapped lines.
 */
export function findWrappedRows(rows: readonly string[], joined: readonly string[]): WrappedRows {
  const wrapped = new Set<number>()
  let next = 0
  for (const line of joined) {
    let rest = line
    while (next < rows.length) {
      const row = rows[next] ?? ''
      next += 1
      const part = rest.startsWith(row) ? row : row.trimEnd()
      if (part === '' || !rest.startsWith(part) || rest.trimEnd() === part.trimEnd()) break
      wrapped.add(next - 1)
      rest = rest.slice(part.length)
    }
  }
  return { wrapped, next }
}

/** What a captured row says without its looks. */
export function plainText(text: string): string {
  return text.includes('\x1b') || text.includes('\x0e') || text.includes('\x0f')
    ? text.replaceAll(looks, '')
    : text
}

const looks = /\x1b\[[0-9;:]*m|\x1b\]8;[^\x1b]*\x1b\\|[\x0e\x0f]/g
