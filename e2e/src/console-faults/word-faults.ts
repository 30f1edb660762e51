import type { Typist } from './typist.ts'

/**
 * What the program got otherwise than it was typed: `typed` is all that it read. It was killed when `unreadSince` is
 * not null, and words that reached its terminal from then on may be lost with it.
 */
export function wordFaults(typed: string, typists: readonly Typist[], unreadSince: number | null): string[] {
  const words = typed.replaceAll('\x04', '').split(/(?<=\.)/)
  const strange = words.filter((word) => !/^[a-z]\d+\.$/.test(word))
  return [
    ...strange.map((word) => `the program read ${JSON.stringify(word)}`),
    ...typists.flatMap((typist) => faultsOf(typist, words, unreadSince)),
  ]
}

function faultsOf(
  { name, typed, givenBack }: Typist,
  words: readonly string[],
  unreadSince: number | null,
): string[] {
  const read = words.filter((word) => word.startsWith(name))
  const back = new Set(
    givenBack
      .map(({ text }) => text)
      .join('')
      .split(/(?<=\.)/),
  )
  const readOnce = new Set(read)
  const faults: string[] = []
  if (readOnce.size < read.length) faults.push(`doubled: ${repeated(read).join(' ')}`)
  const inOrder = [...read].sort((one, other) => numberOf(one) - numberOf(other))
  if (inOrder.join('') !== read.join('')) faults.push(`out of order: ${read.join('')}`)
  for (const { word, doneAt } of typed) {
    const isUnread = unreadSince !== null && (doneAt === null || doneAt > unreadSince)
    if (!readOnce.has(word) && !back.has(word) && !isUnread) faults.push(`lost: ${word}`)
    if (readOnce.has(word) && back.has(word) && unreadSince === null)
      faults.push(`typed and given back: ${word}`)
  }
  return faults
}

function numberOf(word: string): number {
  return Number(word.slice(1, -1))
}

function repeated(words: readonly string[]): string[] {
  return words.filter((word, index) => words.indexOf(word) < index)
}
