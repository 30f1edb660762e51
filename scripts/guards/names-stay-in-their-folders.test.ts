import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))
const runtimes = namesIn('runtimes/src', ['recipe', 'bootstrap', 'runs', 'gateway'])
const substrates = namesIn('providers/src', ['conformance', 'shared'])

it('names runtimes and substrates only where they are implemented', () => {
  const names = [...runtimes, ...substrates].filter((name) => !['shell', 'local'].includes(name))
  const pattern = new RegExp(`['"\`](${names.join('|')})['"\`]`)
  const leaks = sourceFiles(packages)
    .filter((path) => !path.includes('.test.') && !path.includes('/testing/'))
    .filter((path) => !/^(runtimes|providers)\/src\/([^/]+\/|index\.ts|registry)/.test(path))
    .filter((path) => pattern.test(readFileSync(packages + path, 'utf8')))

  expect(names.length).toBeGreaterThan(0)
  expect(leaks).toEqual([])
})

function namesIn(folder: string, notOne: readonly string[]): string[] {
  return readdirSync(packages + folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notOne.includes(entry.name))
    .map((entry) => entry.name)
}

function sourceFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\/src\/.*\.tsx?$/.test(path) && !path.includes('node_modules'),
  )
}
