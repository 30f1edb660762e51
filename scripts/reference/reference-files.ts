import { readFileSync } from 'node:fs'
import { cliReference } from './cli-reference.ts'
import { errorCodes, errorReference } from './error-reference.ts'
import { httpReference } from './http-reference.ts'
import { withMatrix } from './runtime-matrix.ts'
import { substrateReference } from './substrate-reference.ts'

export const referenceDirectory = new URL('../../docs/reference/', import.meta.url)

/** Every file of `docs/reference/` that is generated, or has a generated part, with its content. */
export function referenceFiles(): Record<string, string> {
  return {
    'cli.md': cliReference(),
    'error-codes.txt': errorCodes(readReference('error-codes.txt') ?? ''),
    'errors.md': errorReference(),
    'http-api.md': httpReference(),
    'runtimes.md': withMatrix(readReference('runtimes.md') ?? ''),
    'substrates.md': substrateReference(),
  }
}

/** What is committed; null when there is no such file. */
export function readReference(name: string): string | null {
  try {
    return readFileSync(new URL(name, referenceDirectory), 'utf8')
  } catch {
    // Not generated yet.
    return null
  }
}
