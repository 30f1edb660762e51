import type { Behind } from '../protocol/painted-lines.ts'
import type { CreateEmulator, EmulatorCell } from './emulator.ts'
import type { LogWindow } from './log-window.ts'

/**
 * Composes with the backgrounds of cells that were erased and not written, which tmux 3.3a has and does not print.
 *
 * What is kept of the output up to `end` is played to an emulator. It may have begun in the middle, so it is
 * believed only about rows whose text is what tmux says.
 */
export async function withErasedBackgrounds<T>(
  createEmulator: CreateEmulator,
  window: LogWindow,
  { end, cols, rows }: { readonly end: number; readonly cols: number; readonly rows: number },
  compose: (behind: Behind) => T,
): Promise<T> {
  const emulator = createEmulator(cols, rows)
  try {
    let entry = window.readAfter(window.start)
    while (entry !== null && entry.end <= end) {
      if (entry.kind === 'output') await emulator.write(entry.bytes)
      else if (entry.kind === 'resize') emulator.resize(entry.cols, entry.rows)
      entry = window.readAfter(entry.end)
    }
    return compose((screen, y, text) => paintBehind(emulator.cells(screen, y), text))
  } finally {
    emulator.dispose()
  }
}

function paintBehind(cells: readonly EmulatorCell[], text: string): string {
  let start = 0
  let seen = ''
  while (seen.length < text.length && start < cells.length) {
    seen += cells[start]?.text || ' '
    start += 1
  }
  const rest = cells.slice(start)
  if (seen !== text || rest.some(isWritten)) return ''
  return paint(rest)
}

/** Plain blanks behind a row's text are left out of it. */
function isWritten({ text, background }: EmulatorCell): boolean {
  return text.trim() !== '' || (text !== '' && background !== '')
}

/** Erases run by run, as the program did. */
function paint(cells: readonly EmulatorCell[]): string {
  let bytes = ''
  let from = 0
  while (from < cells.length) {
    const background = cells[from]?.background ?? ''
    const found = cells.findIndex((cell, x) => x > from && cell.background !== background)
    const to = found === -1 ? cells.length : found
    if (background !== '') bytes += `\x1b[0;${background}m\x1b[${to - from}X`
    if (to < cells.length) bytes += `\x1b[${to - from}C`
    from = to
  }
  return bytes
}
