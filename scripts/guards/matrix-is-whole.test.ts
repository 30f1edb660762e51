import { expect, it } from 'vitest'
import { matrixCells, readMatrix, wantedRows } from '../reference/runtime-matrix.ts'

it('has a passed test for every runtime, at its version, on every protocol it speaks, and a refusal on the others', () => {
  const wanted = wantedRows().map(({ isSpoken, ...row }) => ({
    ...row,
    cells: Object.fromEntries((isSpoken ? matrixCells : ['refused']).map((name) => [name, true])),
  }))

  expect(readMatrix(), 'run `npm run docs:matrix`').toEqual(wanted)
})
