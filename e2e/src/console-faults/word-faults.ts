import type { Typist } from './typist.ts'

/** What the terminal had taken and its program not read when it was killed, is lost with it. */
const unreadMs = 500

/** What the program got otherwise than it was typed: `typed` is all that it read. */
export function wordFaults(typed: string, typists: readonly Typist[], killedAt: number | null): string[] {
  const words = typed.replaceAll('\x04', '').split(/(?<=\.)/)
  const strange = words.filter((word) => !/^[a-z]\d+\.$/.test(word))
  return [
    ...strange.map((word) => `the program read ${JSON.stringify(word)}`),
    ...typists.flatMap((typist) => faultsOf(typist, words, killedAt)),
  ]
}

function faultsOf(
  { name, typed, givenBack }: Typist,
  words: readonly string[],
  killedAt: number | null,
): string[] {
  const read = words.filter((word) => word.startsWith(name))
  const back = new Set(givenBack.join('').split(/(?<=\.)/))
  const readOnce = new Set(read)
  const faults: string[] = []
  if (readOnce.size < read.length) faults.push(`doubled: ${repeated(read).join(' ')}`)
  const inOrder = [...read].sort((one, other) => numberOf(one) - numberOf(other))
  if (inOrder.join('') !== read.join('')) faults.push(`out of order: ${read.join('')}`)
  for (const { word, at } of typed) {
    const isUnread = killedAt !== null && at > killedAt - unreadMs
    if (!readOnce.has(word) && !back.has(word) && !isUnread) faults.push(`lost: ${word}`)
    if (readOnce.has(word) && back.has(word) && killedAt === null)
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
