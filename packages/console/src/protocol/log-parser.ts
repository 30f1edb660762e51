import { concatBytes, toText } from './bytes.ts'
import { type Notice, parseNotice } from './notices.ts'
import { findWrappedRows, plainText } from './wrapped-rows.ts'

/** Something the log says; `end` is the offset after it, where a reader may go on. */
export type LogItem =
  | { readonly kind: 'output'; readonly bytes: Uint8Array; readonly end: number }
  /** A line of ours, printed by tmux itself. */
  | { readonly kind: 'message'; readonly text: string; readonly end: number }
  /** A screen: the line that announced it, then what each capture printed. */
  | {
      readonly kind: 'capture'
      readonly header: string
      readonly blocks: readonly Uint8Array[]
      readonly end: number
    }
  | { readonly kind: 'refused'; readonly text: string; readonly end: number }
  /** Everything read before this was the inside of a capture. */
  | { readonly kind: 'began-inside'; readonly end: number }
  | (Notice & { readonly end: number })

interface Block {
  readonly guard: string
  readonly capture: boolean
  /** Lines still to come that belong to a capture whatever they look like. */
  owed: number
  readonly lines: Uint8Array[]
}

export const captureTag = 'am:snap|'
const newline = 0x0a
const percent = 0x25
/** The captures that follow an announcement, in one command list. */
const capturesPerScreen = 5
/** Those that join wrapped rows, after the one with the same rows unjoined. */
const joinedCaptures = [1, 3]

/**
 * Reads a courier's log as it grows.
 *
 * A program can print lines that look like tmux's own. They can only stand inside a capture, and a capture
 * ends at the `%end` with the number of its `%begin`, after the lines that its announcement promised.
 */
export class LogParser {
  #offset: number
  #rest: Uint8Array[] = []
  #block: Block | null = null
  #sawBegin = false
  #skipping: boolean
  #screen: { header: string; promised: number[]; blocks: Uint8Array[] } | null = null

  /** `midLine`: the first bytes may belong to a line whose beginning is not there. */
  constructor(offset: number, midLine: boolean) {
    this.#offset = offset
    this.#skipping = midLine
  }

  push(chunk: Uint8Array): LogItem[] {
    const items: LogItem[] = []
    let start = 0
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, at)
      const line = this.#rest.length === 0 ? piece : concatBytes([...this.#rest, piece])
      this.#rest = []
      this.#offset += at + 1 - start
      start = at + 1
      if (this.#skipping) this.#skipping = false
      else this.#line(line, items)
    }
    if (start < chunk.length) {
      this.#rest.push(chunk.slice(start))
      this.#offset += chunk.length - start
    }
    return items
  }

  #line(line: Uint8Array, items: LogItem[]): void {
    const block = this.#block
    if (block === null) this.#outside(line, items)
    else if (block.owed > 0 && !isGuard(line, '%error', block.guard)) {
      block.owed -= 1
      block.lines.push(line.slice())
    } else if (isGuard(line, '%end', block.guard) && !this.#isRow(block, line))
      this.#close(block, true, items)
    else if (isGuard(line, '%error', block.guard)) this.#close(block, false, items)
    else if (block.capture) block.lines.push(line.slice())
    else if (line[0] === percent) this.#outside(line, items)
    else block.lines.push(line.slice())
  }

  /** Whether what looks like the end of a joined capture is a row of the screen. */
  #isRow(block: Block, line: Uint8Array): boolean {
    const blocks = this.#screen?.blocks ?? []
    const unjoined = blocks.at(-1)
    if (!joinedCaptures.includes(blocks.length) || unjoined === undefined) return false
    const rows = toText(unjoined).split('\n').map(plainText)
    return rows[findWrappedRows(rows, block.lines.map(toText)).next]?.startsWith(toText(line)) === true
  }

  #outside(line: Uint8Array, items: LogItem[]): void {
    if (line[0] !== percent) return
    const end = this.#offset
    const notice = parseNotice(line)
    if (notice === null) return
    if (notice.kind === 'begin') this.#open(notice.guard)
    else if (notice.kind === 'unmatched') {
      if (!this.#sawBegin) items.push({ kind: 'began-inside', end })
      this.#sawBegin = true
    } else items.push({ ...notice, end })
  }

  #open(guard: string): void {
    this.#sawBegin = true
    const owed = this.#screen?.promised[this.#screen.blocks.length] ?? 0
    this.#block = { guard, capture: this.#screen !== null, owed, lines: [] }
  }

  #close(block: Block, succeeded: boolean, items: LogItem[]): void {
    this.#block = null
    const end = this.#offset
    if (this.#screen !== null) {
      this.#screen.blocks.push(joinLines(block.lines))
      if (this.#screen.blocks.length < capturesPerScreen) return
      items.push({ kind: 'capture', header: this.#screen.header, blocks: this.#screen.blocks, end })
      this.#screen = null
      return
    }
    const text = block.lines.map(toText).join('\n')
    if (!succeeded) items.push({ kind: 'refused', text, end })
    else if (text.startsWith(captureTag))
      this.#screen = { header: text, promised: promisedLines(text), blocks: [] }
    else if (text.startsWith('am:')) items.push({ kind: 'message', text, end })
  }
}

/** `am:snap|<depth>|<history>|<rows>|...`: how many lines the first capture prints. */
function promisedLines(header: string): number[] {
  const [, depth, history, rows] = header.split('|', 4)
  const lines = Math.min(Number(history), Number(depth)) + Number(rows)
  return [Number.isSafeInteger(lines) ? lines : 0]
}

function isGuard(line: Uint8Array, word: '%end' | '%error', guard: string): boolean {
  return (
    line[0] === percent &&
    line.length === word.length + 1 + guard.length &&
    toText(line) === `${word} ${guard}`
  )
}

function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const end = Uint8Array.of(newline)
  return concatBytes(lines.flatMap((line, index) => (index === 0 ? [line] : [end, line])))
}
