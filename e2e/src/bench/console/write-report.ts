import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Figure, isMet, percentile, round, wantedOf } from '../figure.ts'
import { type Bar, barChart } from './bar-chart.ts'

// `npm run docs:console-benchmark`: writes what the named runs of the benchmark measured into the docs.

interface Run {
  readonly measuredAt: string
  readonly computer: {
    readonly node: string
    readonly cpu: string
    readonly cores: number
    readonly memory: number
  }
  readonly figures: readonly Figure[]
}

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
const echo = 'Key to echo p50: '

const runs = process.argv.slice(2).map((path): Run => JSON.parse(readFileSync(path, 'utf8')))
const [first] = runs
if (first === undefined) throw new Error('name the JSON files of the runs')
const names = [...new Set(runs.flatMap(({ figures }) => figures.map(({ name }) => name)))]
const rows = names.map((name) => runs.map(({ figures }) => figures.find((figure) => figure.name === name)))
writeFileSync(`${docs}assets/console-latency.svg`, barChart('Key to echo, median, ms', bars()))
writeFileSync(`${docs}reference/console-benchmark.md`, page(first))

function page({ computer }: Run): string {
  const days = [...new Set(runs.map(({ measuredAt }) => measuredAt.slice(0, 10)))].join(', ')
  const table = (wanted: boolean) => {
    const chosen = rows.filter((row) => row.some((figure) => figure && (wantedOf(figure) !== '') === wanted))
    const head = ['', ...(wanted ? ['goal'] : []), ...runs.map((_, index) => `run ${index + 1}`)]
    return [
      line([...head, ...(wanted ? [''] : [])]),
      line([...head, ...(wanted ? [''] : [])].map(() => '---')),
      ...chosen.map((row) => rowOf(row, wanted)),
    ].join('\n')
  }
  return `# Benchmark of the console

\`npm run bench:console -- --run 1\`, and so on; written by \`npm run docs:console-benchmark\` from what the runs left in
\`artifacts/\`. Measured on ${days}: ${computer.cpu}, ${computer.cores} cores, Node ${computer.node}, everything on one computer.
Designs take turns key by key within a run, so ratios can be compared between computers and milliseconds cannot.

![The median time from a key to its echo, by design](../assets/console-latency.svg)

## Goals
${table(true)}

## What the ratios are made of
${table(false)}

What each figure is, and why the missed ones are: [the console's latency](../design/console-latency.md).
`
}

function bars(): Bar[] {
  return names
    .filter((name) => name.startsWith(echo))
    .map((name) => {
      const values = rows[names.indexOf(name)]?.flatMap((figure) => (figure ? [figure.value] : [])) ?? []
      const label = name.slice(echo.length)
      return { label, value: percentile(values, 0.5), isOurs: label.startsWith('ours') }
    })
}

function rowOf(row: readonly (Figure | undefined)[], wanted: boolean): string {
  const some = row.find((figure) => figure !== undefined)
  if (some === undefined) return ''
  const said = row.every((figure) => figure === undefined || isMet(figure)) ? 'met' : 'missed'
  const values = row.map((figure) => (figure ? `${round(figure.value)} ${figure.unit}`.trim() : ''))
  return line([some.name.trim(), ...(wanted ? [wantedOf(some)] : []), ...values, ...(wanted ? [said] : [])])
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
