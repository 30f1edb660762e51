import { concatBytes, toBytes, toText } from './bytes.ts'
import { Looks } from './looks.ts'
import { findWrappedRows, plainText } from './wrapped-rows.ts'

/** A captured row that can be written by itself: the pen and the character set it begins with come first. */
export interface PaintedLine {
  readonly whole: Uint8Array
  /** Without plain blanks at its end: tmux holds such where a program deleted or erased what stood there. */
  readonly ink: Uint8Array
  /** Its first character, without looks. */
  readonly first: string
  /** Its line goes on in the next row. */
  readonly wraps: boolean
}

/** What paints the cells behind a row's text; `y` counts from the first row of the screen. */
export type Behind = (screen: 'shown' | 'normal', y: number, text: string) => string

/** Splits a capture, whose pen runs on from row to row, into rows that stand alone. */
export function splitPaintedLines(
  capture: Uint8Array,
  joined: Uint8Array,
  behind: (index: number, text: string) => string,
): PaintedLine[] {
  const rows = splitRows(withOverlines(capture))
  const texts = rows.map((row) => plainText(toText(row)))
  const { wrapped } = findWrappedRows(texts, toText(joined).split('\n'))
  let looks = ''
  let shifted = false
  return rows.map((row, index) => {
    const whole = concatBytes([toBytes(`${looks}${shifted ? '\x0e' : '\x0f'}`), row])
    looks = Looks.after(`${looks}${row.includes(escapeByte) ? toText(row) : ''}`).toString()
    shifted = shiftAfter(row, shifted)
    const text = texts[index] ?? ''
    const [first = ''] = text
    const ink = looks === '' ? withoutBlanks(whole) : whole
    const rest = toBytes(behind(index, looks === '' ? text.trimEnd() : text))
    return { whole, ink: concatBytes([ink, rest]), first, wraps: wrapped.has(index) }
  })
}

/** Writes rows one below the other; a line that was wrapped is wrapped again by the terminal itself. */
export function joinRows(rows: readonly PaintedLine[]): Uint8Array {
  const parts = rows.flatMap((row, index) => {
    const goesOn = rows[index - 1]?.wraps === true
    const before = goesOn ? toBytes(`\x1b[0m\x0f${row.first}\r`) : index === 0 ? none : newRow
    const start = row.wraps && !goesOn ? wrapping : none
    const end = goesOn && !row.wraps ? notWrapping : none
    return [before, start, row.wraps ? row.whole : row.ink, end]
  })
  return concatBytes([notWrapping, ...parts, wrapping])
}

const escapeByte = 0x1b
const none = new Uint8Array(0)
/** The pen is put down before a new row: a terminal that scrolls fills it with the pen's background. */
const newRow = toBytes('\x1b[0m\r\n')
const wrapping = toBytes('\x1b[?7h')
/** A row that is wider to a terminal than to tmux must not push the others down. */
const notWrapping = toBytes('\x1b[?7l')

function withoutBlanks(row: Uint8Array): Uint8Array {
  const end = row.findLastIndex((byte) => byte !== 0x20) + 1
  return row.subarray(0, end)
}

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

function shiftAfter(row: Uint8Array, before: boolean): boolean {
  const out = row.lastIndexOf(0x0e)
  const back = row.lastIndexOf(0x0f)
  return out === back ? before : out > back
}
