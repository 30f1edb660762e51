import { expect, it } from 'vitest'
import { readReference, referenceFiles } from '../reference/reference-files.ts'

it.each(Object.entries(referenceFiles()))('finds docs/reference/%s as the code makes it', (name, content) => {
  expect(readReference(name), 'run `npm run docs:reference`').toBe(content)
})
