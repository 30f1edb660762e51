import type { IBufferCell } from '@xterm/headless'
import type { Terminal } from './footage.ts'

/** Lines above the screen that are compared: as many as a snapshot holds unless it is asked for more. */
const scrollbackLines = 1000

/** All that a person or a program can tell two terminals apart by, as text, one entry per fact or row. */
export function stateOf(terminal: Terminal, title: string, withAbove: boolean): ReadonlyMap<string, string> {
  const { active: buffer } = terminal.buffer
  const { coreService, coreMouseService } = (terminal as unknown as Inside)._core
  const facts: [string, unknown][] = [
    ['size', [terminal.cols, terminal.rows]],
    ['buffer', buffer.type],
    ['cursor', [buffer.cursorX, buffer.cursorY]],
    ['cursor hidden', coreService.isCursorHidden],
    ['cursor shape', [coreService.decPrivateModes.cursorStyle, coreService.decPrivateModes.cursorBlink]],
    ['mouse', [coreMouseService.activeProtocol, coreMouseService.activeEncoding]],
    ['title', title],
    ...Object.entries(terminal.modes).map(([mode, value]): [string, unknown] => [`mode ${mode}`, value]),
  ]
  const above = withAbove ? Math.min(scrollbackLines, buffer.baseY) : 0
  const rows = Array.from({ length: above + terminal.rows }, (_, index): [string, string] => {
    const row = index - above
    const text = rowOf(terminal, buffer.baseY + row)
    // Where a snapshot begins in the middle of a wrapped line, nobody knows that it does.
    return [`row ${row}`, index === 0 ? text.replace(wrapMark, '') : text]
  })
  return new Map([...facts.map(([name, fact]): [string, string] => [name, JSON.stringify(fact)]), ...rows])
}

/** What differs, in words. */
export function differencesOf(
  shown: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...wanted.keys(), ...shown.keys()])
  return [...names].flatMap((name) =>
    shown.get(name) === wanted.get(name)
      ? []
      : [`${name}: shows ${shown.get(name) ?? 'nothing'}, should show ${wanted.get(name) ?? 'nothing'}`],
  )
}

/** A row as runs of equal looks: `<looks>text`, with a mark in front when it continues the row above. */
function rowOf(terminal: Terminal, y: number): string {
  const line = terminal.buffer.active.getLine(y)
  let text = line?.isWrapped ? wrapMark : ''
  let last = plain
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line?.getCell(x)
    if (cell === undefined || cell.getWidth() === 0) continue
    const looks = looksOf(cell)
    if (looks !== last) text += `<${looks}>`
    last = looks
    text += cell.getChars() || ' '
  }
  return text.trimEnd()
}

const plain = '-1,-1'
const wrapMark = '↪'

function looksOf(cell: IBufferCell): string {
  const { getUnderlineStyle, getUnderlineColor } = cell as unknown as InsideCell
  const underline = cell.isUnderline()
    ? `u${getUnderlineStyle.call(cell)}/${getUnderlineColor.call(cell)}`
    : ''
  const marks = [
    cell.isBold() && 'bold',
    cell.isDim() && 'dim',
    cell.isItalic() && 'italic',
    underline,
    cell.isBlink() && 'blink',
    cell.isInverse() && 'inverse',
    cell.isInvisible() && 'invisible',
    cell.isStrikethrough() && 'strike',
    cell.isOverline() && 'over',
  ]
  const colours = `${colour(cell.getFgColorMode(), cell.getFgColor())},${colour(cell.getBgColorMode(), cell.getBgColor())}`
  return [colours, ...marks.filter(Boolean)].join(' ')
}

/** The 16 first colours are the same ones however they were asked for. */
function colour(mode: number, value: number): string {
  if (mode === 0) return '-1'
  return mode >> 24 === 3 ? `#${value.toString(16).padStart(6, '0')}` : String(value)
}

interface InsideCell {
  getUnderlineStyle(): number
  getUnderlineColor(): number
}

/** What the emulator knows and its interface does not tell. */
interface Inside {
  readonly _core: {
    readonly coreService: {
      readonly isCursorHidden: boolean
      readonly decPrivateModes: { readonly cursorStyle?: string; readonly cursorBlink?: boolean }
    }
    readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string }
  }
}
