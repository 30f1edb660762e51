// Prints `tests: N passed, N failed` from the vitest JSON reports of a folder; exits 1 when something failed,
// a report is missing or nothing ran.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const expected = ['e2e.json', 'system.json', 'unit.json']
const found = readdirSync(folder).sort()
let passed = 0
let failed = 0
for (const name of found) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests
  // A file that could not even be loaded has no test of its own to count.
  failed += report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
}
const missing = expected.filter((name) => !found.includes(name))
if (missing.length > 0) console.log(`missing reports: ${missing.join(', ')}`)
console.log(`tests: ${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 || missing.length > 0 ? 1 : 0
