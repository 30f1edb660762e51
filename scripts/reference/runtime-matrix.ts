import { readFileSync } from 'node:fs'
import { type Protocol, protocolLabels, protocols } from '@agent-machines/core'
import { recipes } from '@agent-machines/runtimes'
import { table } from './markdown.ts'

/** What the last `npm run docs:matrix` saw of one runtime on one protocol. */
export interface MatrixRow {
  readonly runtime: string
  readonly version: string
  readonly protocol: Protocol
  /** By the name of its test: whether it passed. `refused` alone where the gate says no. */
  readonly cells: Readonly<Record<string, boolean>>
}

export const matrixFile = new URL('../../docs/reference/runtime-matrix.json', import.meta.url)
export const matrixCells = ['interactive', 'one-shot', 'tool call', 'resume', 'stop', 'state', 'usage']

const [begin, end] = ['<!-- matrix -->', '<!-- end of matrix -->']

/** Every runtime that has an agent, at the version that is installed, on every protocol. */
export function wantedRows(): (Omit<MatrixRow, 'cells'> & { readonly isSpoken: boolean })[] {
  return recipes
    .filter(({ manifest }) => manifest.hasAgent)
    .flatMap(({ manifest, installs }) =>
      protocols.map((protocol) => ({
        runtime: manifest.id,
        version: installs[0]?.version ?? '',
        protocol,
        isSpoken: manifest.protocols.includes(protocol),
      })),
    )
}

export function readMatrix(): MatrixRow[] {
  return JSON.parse(readFileSync(matrixFile, 'utf8'))
}

/** `page` with the matrix between its marks. */
export function withMatrix(page: string): string {
  const [before, rest = ''] = page.split(begin)
  const [, after = ''] = rest.split(end)
  return `${before}${begin}\n${matrixTable(readMatrix())}\n${end}${after}`
}

function matrixTable(rows: readonly MatrixRow[]): string {
  return table(
    ['runtime', 'protocol', ...matrixCells],
    rows.map(({ runtime, version, protocol, cells }) => [
      `\`${runtime}\` ${version}`,
      protocolLabels[protocol],
      ...matrixCells.map((name) => wordFor(cells, name)),
    ]),
  )
}

function wordFor(cells: MatrixRow['cells'], name: string): string {
  if (cells['refused'] === true) return 'refused'
  return cells[name] === true ? 'passes' : 'failed'
}
