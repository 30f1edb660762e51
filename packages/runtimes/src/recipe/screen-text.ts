const lastLineLength = 200
const detailLength = 120
/** What a terminal program sets before a line to say whose it is. */
const bullets = /^[\s●•⏺◦▪∙·⎿└│├]+/u

/** The last line of the screen that says something, where `contentOf` leaves the runtime's frame out. */
export function lastLineOf(
  { contentOf }: { contentOf(screen: readonly string[]): readonly string[] },
  screen: readonly string[],
): string | null {
  const content = contentOf(screen)
  for (let index = content.length - 1; index >= 0; index--) {
    const line = plainLine(content[index] ?? '')
    if (line !== '') return shortened(line, lastLineLength)
  }
  return null
}

/** Why an agent waits: the word of its own signal, and what it asks where the screen shows it. */
export function detailOf(word: string | null, asks: string | null): { readonly detail?: string } {
  const detail = [word, asks].filter((part) => part !== null && part !== '').join(': ')
  return detail === '' ? {} : { detail: shortened(detail, detailLength) }
}

/** One line as a person reads it: without bullets, and with single spaces of the ordinary kind. */
export function plainLine(line: string): string {
  return line.replace(bullets, '').replace(/\s+/gu, ' ').trim()
}

function shortened(text: string, length: number): string {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`
}
