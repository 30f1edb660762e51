// `npm run docs:reference`: writes docs/reference/ from the code.
import { mkdirSync, writeFileSync } from 'node:fs'
import { referenceDirectory, referenceFiles } from './reference/reference-files.ts'

mkdirSync(referenceDirectory, { recursive: true })
for (const [name, content] of Object.entries(referenceFiles())) {
  writeFileSync(new URL(name, referenceDirectory), content)
}
