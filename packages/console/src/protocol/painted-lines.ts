import { concatBytes, toBytes } from './bytes.ts'

/** A captured row that can be written by itself: the pen and the character set it begins with come first. */
export interface PaintedLine {
  readonly whole: Uint8Array
}

/** Splits a capture, whose pen runs on from row to row, into rows that stand alone. */
export function splitPaintedLines(capture: Uint8Array): PaintedLine[] {
  const lines: PaintedLine[] = []
  let pen = ''
  let shifted = false
  let start = 0
  while (start <= capture.length) {
    const found = capture.indexOf(0x0a, start)
    const end = found === -1 ? capture.length : found
    const row = capture.subarray(start, end)
    lines.push({ whole: concatBytes([toBytes(`${pen}${shifted ? '\x0e' : '\x0f'}`), row]) })
    pen = penAfter(row, pen)
    shifted = shiftAfter(row, shifted)
    start = end + 1
  }
  return lines
}

function penAfter(row: Uint8Array, before: string): string {
  let pen = before
  for (let at = row.indexOf(0x1b); at !== -1; at = row.indexOf(0x1b, at + 1)) {
    if (row[at + 1] !== 0x5b) continue
    let end = at + 2
    while (end < row.length && isParameter(row[end] ?? 0)) end++
    if (row[end] !== 0x6d) continue
    const sequence = String.fromCharCode(...row.subarray(at, end + 1))
    const parameters = sequence.slice(2, -1)
    const clears = parameters === '' || parameters === '0' || parameters.startsWith('0;')
    pen = clears ? (parameters.startsWith('0;') ? sequence : '') : pen + sequence
  }
  return pen
}

function isParameter(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x3a || byte === 0x3b
}

function shiftAfter(row: Uint8Array, before: boolean): boolean {
  const out = row.lastIndexOf(0x0e)
  const back = row.lastIndexOf(0x0f)
  return out === back ? before : out > back
}
