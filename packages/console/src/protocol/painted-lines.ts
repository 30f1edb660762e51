import { concatBytes, toBytes, toText } from './bytes.ts'
import { findWrappedRows, plainText } from './wrapped-rows.ts'

/** A captured row that can be written by itself: the pen and the character set it begins with come first. */
export interface PaintedLine {
  readonly whole: Uint8Array
  /** Its first character, without looks. */
  readonly first: string
  /** Its line goes on in the next row. */
  readonly wraps: boolean
}

/** Splits a capture, whose pen runs on from row to row, into rows that stand alone. */
export function splitPaintedLines(capture: Uint8Array, joined: Uint8Array): PaintedLine[] {
  const rows = splitRows(withOverlines(capture))
  const texts = rows.map((row) => plainText(toText(row)))
  const { wrapped } = findWrappedRows(texts, toText(joined).split('\n'))
  let pen = ''
  let shifted = false
  return rows.map((row, index) => {
    const before = toBytes(`${pen}${shifted ? '\x0e' : '\x0f'}`)
    pen = penAfter(row, pen)
    shifted = shiftAfter(row, shifted)
    const [first = ''] = texts[index] ?? ''
    return { whole: concatBytes([before, row]), first, wraps: wrapped.has(index) }
  })
}

/** Writes rows one below the other; a line that was wrapped is wrapped again by the terminal itself. */
export function joinRows(rows: readonly PaintedLine[]): Uint8Array {
  const parts = rows.flatMap((row, index) => {
    const goesOn = rows[index - 1]?.wraps === true
    const before = goesOn ? toBytes(`\x1b[0m\x0f${row.first}\r`) : index === 0 ? none : newRow
    const start = row.wraps && !goesOn ? wrapping : none
    const end = goesOn && !row.wraps ? notWrapping : none
    return [before, start, row.whole, end]
  })
  return concatBytes([notWrapping, ...parts, wrapping])
}

const none = new Uint8Array(0)
/** The pen is put down before a new row: a terminal that scrolls fills it with the pen's background. */
const newRow = toBytes('\x1b[0m\r\n')
const wrapping = toBytes('\x1b[?7h')
/** A row that is wider to a terminal than to tmux must not push the others down. */
const notWrapping = toBytes('\x1b[?7l')

/** tmux 3.3a writes the attribute 53 as `5:3`. */
function withOverlines(capture: Uint8Array): Uint8Array {
  const text = toText(capture)
  return text.includes('5:3')
    ? toBytes(text.replaceAll(/\x1b\[(?:[0-9:]*;)*5:3(?=[;m])/g, overline))
    : capture
}

function overline(sequence: string): string {
  return `${sequence.slice(0, -3)}53`
}

function splitRows(capture: Uint8Array): Uint8Array[] {
  const rows: Uint8Array[] = []
  let start = 0
  while (start <= capture.length) {
    const found = capture.indexOf(0x0a, start)
    const end = found === -1 ? capture.length : found
    rows.push(capture.subarray(start, end))
    start = end + 1
  }
  return rows
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
