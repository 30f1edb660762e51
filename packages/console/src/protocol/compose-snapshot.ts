import { concatBytes, toBytes } from './bytes.ts'
import type { Place } from './cursor-place.ts'
import { unescapeOctal } from './notices.ts'
import { type Behind, joinRows, type PaintedLine, splitPaintedLines } from './painted-lines.ts'
import type { Untold } from './pen-tracker.ts'

/** One screen as tmux described it in-band. */
export interface CapturedScreen {
  readonly header: string
  readonly blocks: readonly Uint8Array[]
}

export interface Snapshot {
  readonly bytes: Uint8Array
  readonly cols: number
  readonly rows: number
  /** Lines above the screen that are in it, and that there are. */
  readonly history: number
  readonly historyAvailable: number
}

interface Screen {
  readonly rows: number
  readonly cols: number
  readonly alternate: boolean
  /** Where the cursor was when the alternate screen was last entered; null when that was not saved. */
  readonly entered: Place | null
  readonly cursor: Place
  readonly shown: boolean
  readonly insert: boolean
  readonly cursorKeys: boolean
  readonly keypad: boolean
  readonly wrap: boolean
  readonly origin: boolean
  readonly region: { upper: number; lower: number }
  readonly mouse: readonly string[]
  readonly tabs: readonly number[]
  readonly title: string
}

/**
 * Writes what a freshly reset terminal of the same size must be fed to look and behave like the pane.
 *
 * The beginning of an escape sequence comes from tmux and stands last, so that the output that follows
 * completes it.
 */
export function composeSnapshot(captured: CapturedScreen, untold: Untold, behind: Behind): Snapshot {
  const screen = parseScreen(captured.header)
  const [main = none, joined = none, normal = none, normalJoined = none, pending = none] = captured.blocks
  const { history } = measureScreen(captured)
  const lines = splitPaintedLines(main, joined, (index, text) =>
    behind(screen.alternate && index < history ? 'normal' : 'shown', index - history, text),
  )
  const visible = lines.slice(history)
  const parts = [toBytes(beginning)]
  if (screen.alternate) {
    const below = splitPaintedLines(normal, normalJoined, (y, text) => behind('normal', y, text)).slice(
      0,
      screen.rows,
    )
    parts.push(
      joinRows([...lines.slice(0, history), ...below]),
      toBytes(enterAlternate(screen, below, untold)),
    )
    parts.push(joinRows(visible))
  } else parts.push(joinRows(lines))
  parts.push(
    toBytes(
      `\x1b[0m\x0f${savedCursor(screen, untold)}${tabStops(screen)}${margins(screen)}${cursor(screen)}`,
    ),
  )
  if (screen.cursor.x >= screen.cols) parts.push(visible[screen.cursor.y]?.whole ?? none, toBytes('\x0f'))
  parts.push(toBytes(`${modes(screen)}\x1b)B${untold.restore}`))
  if (screen.title !== '') parts.push(toBytes(`\x1b]2;${screen.title}\x1b\\`))
  parts.push(untold.partial, unescapeOctal(pending))
  return { bytes: concatBytes(parts), ...measureScreen(captured) }
}

/** What is known of a screen before it is composed. */
export function measureScreen({ header }: Pick<CapturedScreen, 'header'>): Omit<Snapshot, 'bytes'> {
  const [, depth, available, rows, cols] = header.split('|', 5).map(Number)
  const historyAvailable = available ?? 0
  return {
    cols: cols ?? 0,
    rows: rows ?? 0,
    history: Math.min(depth ?? 0, historyAvailable),
    historyAvailable,
  }
}

const none = new Uint8Array(0)

/**
 * Leaving an alternate screen gives xterm.js a new one of the size it has; one that shrank while nobody saw it
 * would scroll. SO and SI stand for line drawing in a capture, so G1 must hold the graphics set.
 */
const paintingSets = '\x1b)0\x1b(B'
const beginning = `\x1b[?1049h\x1b[?1049l${paintingSets}`

function parseScreen(header: string): Screen {
  const fields = header.split('|').slice(2)
  const number = (index: number) => Number(fields[index] ?? 0)
  const flag = (index: number) => fields[index] === '1'
  const entered = { x: number(4), y: number(5) }
  const mouse = [
    flag(16) && '1000',
    flag(17) && '1002',
    flag(18) && '1003',
    flag(19) && '1005',
    flag(20) && '1006',
  ]
  return {
    rows: number(1),
    cols: number(2),
    alternate: flag(3),
    entered: entered.x <= number(2) ? entered : null,
    cursor: { x: number(6), y: number(7) },
    shown: flag(8),
    insert: flag(9),
    cursorKeys: flag(10),
    keypad: flag(11),
    wrap: flag(12),
    origin: flag(13),
    region: { upper: number(14), lower: number(15) },
    mouse: mouse.filter((mode) => mode !== false),
    tabs: (fields[21] ?? '').split(',').filter(Boolean).map(Number),
    title: fields.slice(22).join('|'),
  }
}

function place(at: Place, screen: Screen): string {
  const x = Math.min(at.x, screen.cols - 1)
  const y = Math.min(at.y, screen.rows - 1)
  return `\x1b[${y + 1};${x + 1}H`
}

function enterAlternate(screen: Screen, below: readonly PaintedLine[], untold: Untold): string {
  if (screen.entered === null) {
    const last = below.findLastIndex(({ first }) => first !== '')
    return `${place({ x: 0, y: Math.max(0, last) }, screen)}\x1b[?47h\x1b[0m\x0f\x1b[H`
  }
  return `${untold.entered}${place(screen.entered, screen)}\x1b[?1049h\x1b[0m\x0f\x1b[H${paintingSets}`
}

function savedCursor(screen: Screen, { saved }: Untold): string {
  const entered = screen.alternate ? null : screen.entered
  const at = saved === null || saved.place === 'entered' ? entered : saved.place
  if (at === null || at.x > screen.cols) return ''
  return `${place(at, screen)}${saved?.pen ?? ''}\x1b7\x1b[0m\x0f${paintingSets}`
}

function tabStops({ tabs, cols }: Screen): string {
  const usual = Array.from({ length: Math.ceil(cols / 8) }, (_, index) => (index + 1) * 8).filter(
    (x) => x < cols,
  )
  if (tabs.length === usual.length && tabs.every((x, index) => x === usual[index])) return ''
  return `\x1b[3g${tabs.map((x) => `\x1b[1;${x + 1}H\x1bH`).join('')}`
}

function margins({ region, rows }: Screen): string {
  if (region.upper === 0 && region.lower === rows - 1) return ''
  return `\x1b[${region.upper + 1};${region.lower + 1}r`
}

/** Goes where the cursor is; with its wrap pending, to the start of its row, which is then written again. */
function cursor(screen: Screen): string {
  const x = screen.cursor.x >= screen.cols ? 0 : screen.cursor.x
  const top = screen.origin ? screen.region.upper : 0
  const origin = screen.origin ? '\x1b[?6h' : ''
  return `${origin}\x1b[${screen.cursor.y - top + 1};${x + 1}H`
}

function modes(screen: Screen): string {
  return [
    screen.shown ? '\x1b[?25h' : '\x1b[?25l',
    screen.insert ? '\x1b[4h' : '',
    screen.cursorKeys ? '\x1b[?1h' : '',
    screen.keypad ? '\x1b=' : '',
    screen.wrap ? '' : '\x1b[?7l',
    ...screen.mouse.map((mode) => `\x1b[?${mode}h`),
  ].join('')
}
