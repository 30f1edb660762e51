import { errorCatalog } from '@agent-machines/core'
import { code, generatedNote } from './markdown.ts'

const retryWords = {
  never: 'Trying again does not help.',
  'after-fix': 'Try again after that.',
  later: 'Try again later.',
} as const

export function errorReference(): string {
  const entries = Object.entries(errorCatalog).map(
    ([name, { status, retry, title, hint }]) =>
      `## ${name}\n\n${title} HTTP status ${status}.\n\n${hint} ${retryWords[retry]}\n`,
  )
  return `${generatedNote}
# Errors

Over HTTP every error is ${code('application/problem+json')} with ${code('type')}, ${code('title')}, ${code('status')},
${code('detail')}, ${code('code')}, ${code('hint')}, ${code('retry')} and ${code('requestId')}. Programs match on ${code('code')}:
codes are added, never renamed or removed. ${code('retry')} is ${code('never')}, ${code('after-fix')} or ${code('later')}.

${entries.join('\n')}`
}

/** Every code that was ever published, one a line; `published` is what stands there already. */
export function errorCodes(published: string): string {
  const codes = new Set([
    ...published.split('\n').filter((line) => line !== ''),
    ...Object.keys(errorCatalog),
  ])
  return `${[...codes].sort().join('\n')}\n`
}
