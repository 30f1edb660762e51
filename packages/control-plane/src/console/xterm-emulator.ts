import type { Emulator, EmulatorCell } from '@agent-machines/console'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless, { type IBufferCell } from '@xterm/headless'

/** The dashboard's own terminal without a page; lives as long as one snapshot is made. */
export function createXtermEmulator(cols: number, rows: number): Emulator {
  const terminal = new headless.Terminal({ cols, rows, scrollback: 5000, allowProposedApi: true })
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  return {
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    resize: (nextCols, nextRows) => terminal.resize(nextCols, nextRows),
    cells(screen, y) {
      const buffer = terminal.buffer[screen === 'shown' ? 'active' : 'normal']
      const line = buffer.getLine(buffer.baseY + y)
      if (line === undefined) return []
      const cells: EmulatorCell[] = []
      for (let x = 0; x < line.length; x++) {
        const cell = line.getCell(x)
        if (cell !== undefined && cell.getWidth() > 0) {
          cells.push({ text: cell.getChars(), background: backgroundOf(cell) })
        }
      }
      return cells
    },
    dispose: () => terminal.dispose(),
  }
}

function backgroundOf(cell: IBufferCell): string {
  const color = cell.getBgColor()
  if (cell.isBgDefault()) return ''
  if (cell.isBgPalette()) return `48;5;${color}`
  return `48;2;${color >> 16};${(color >> 8) & 255};${color & 255}`
}
