import { readFileSync } from 'node:fs'
import { errorCatalog } from '@agent-machines/core'
import { expect, it } from 'vitest'

it('keeps every error code that was ever published', () => {
  const published = readFileSync(new URL('../../docs/reference/error-codes.txt', import.meta.url), 'utf8')

  const gone = published.split('\n').filter((code) => code !== '' && !(code in errorCatalog))

  expect(gone).toEqual([])
})
