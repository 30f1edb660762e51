import { concatBytes, toBytes } from './bytes.ts'
import { scrollbackLines } from './log-parser.ts'
import { unescapeOctal } from './notices.ts'
import { splitPaintedLines } from './painted-lines.ts'

/** One screen as tmux described it in-band. */
export interface CapturedScreen {
  readonly header: string
  readonly blocks: readonly Uint8Array[]
}

export interface Snapshot {
  readonly bytes: Uint8Array
  readonly cols: number
  readonly rows: number
}

interface Screen {
  readonly history: number
  readonly rows: number
  readonly cols: number
  readonly alternate: boolean
  readonly saved: { x: number; y: number }
  readonly cursor: { x: number; y: number }
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
 * `restore` holds what tmux cannot tell (modes 2004 and 1004, pen, character sets), `partial` the beginning of
 * a character; the beginning of an escape sequence comes from tmux and stands last, so that the output that
 * follows completes it.
 */
export function composeSnapshot(
  captured: CapturedScreen,
  restore: Uint8Array,
  partial: Uint8Array,
): Snapshot {
  const screen = parseScreen(captured.header)
  const [main, normal, pending] = captured.blocks
  const lines = splitPaintedLines(main ?? new Uint8Array(0))
  const history = Math.max(0, lines.length - screen.rows)
  const visible = lines.slice(history)
  // SO and SI stand for line drawing in a capture, so G1 must hold the graphics set.
  const parts = [toBytes('\x1b)0\x1b(B')]
  if (screen.alternate) {
    const below = splitPaintedLines(normal ?? new Uint8Array(0)).slice(0, screen.rows)
    parts.push(
      joinRows([...lines.slice(0, history), ...below]),
      toBytes(`\x1b[0m\x0f${place(screen.saved, screen)}`),
    )
    parts.push(toBytes('\x1b[?1049h\x1b[H'), joinRows(visible))
  } else parts.push(joinRows(lines))
  parts.push(toBytes(`\x1b[0m\x0f${tabStops(screen)}${margins(screen)}${cursor(screen)}`))
  if (screen.cursor.x >= screen.cols)
    parts.push(visible[screen.cursor.y]?.whole ?? new Uint8Array(0), toBytes('\x0f'))
  parts.push(toBytes(modes(screen)), toBytes('\x1b)B'), restore)
  if (screen.title !== '') parts.push(toBytes(`\x1b]2;${screen.title}\x1b\\`))
  parts.push(partial, unescapeOctal(pending ?? new Uint8Array(0)))
  return { bytes: concatBytes(parts), cols: screen.cols, rows: screen.rows }
}

function parseScreen(header: string): Screen {
  const fields = header.split('|').slice(1)
  const number = (index: number) => Number(fields[index] ?? 0)
  const flag = (index: number) => fields[index] === '1'
  const mouse = [
    flag(16) && '1000',
    flag(17) && '1002',
    flag(18) && '1003',
    flag(19) && '1005',
    flag(20) && '1006',
  ]
  return {
    history: Math.min(number(0), scrollbackLines),
    rows: number(1),
    cols: number(2),
    alternate: flag(3),
    saved: { x: number(4), y: number(5) },
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

function joinRows(rows: readonly { readonly whole: Uint8Array }[]): Uint8Array {
  // The pen is put down before a new row: a terminal that scrolls fills it with the pen's background.
  const between = toBytes('\x1b[0m\r\n')
  return concatBytes(rows.flatMap((row, index) => (index === 0 ? [row.whole] : [between, row.whole])))
}

function place(at: { x: number; y: number }, screen: Screen): string {
  const x = Math.min(at.x, screen.cols - 1)
  const y = Math.min(at.y, screen.rows - 1)
  return `\x1b[${y + 1};${x + 1}H`
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
