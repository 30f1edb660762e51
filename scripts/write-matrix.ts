// The last step of `npm run docs:matrix`: keeps what the tests of the matrix said, from their report.
import { readFileSync, writeFileSync } from 'node:fs'
import { type MatrixRow, matrixFile, wantedRows } from './reference/runtime-matrix.ts'

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

const report: Report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
const rows = wantedRows().map(({ runtime, version, protocol }): MatrixRow => {
  const own = tests.filter(({ ancestorTitles }) => ancestorTitles.at(-1) === `${runtime} × ${protocol}`)
  const cells = Object.fromEntries(own.map(({ title, status }) => [title, status === 'passed']))
  return { runtime, version, protocol, cells }
})
writeFileSync(matrixFile, `${JSON.stringify(rows, null, 2)}\n`)
