import type { IDisposable, Terminal } from '@xterm/xterm'
import type { ScreenView } from './screen-view.ts'

const cursorVisibility = 25

/** Reads a terminal's screen; the one thing the emulator does not tell, whether the cursor shows, is followed. */
export class TerminalScreen {
  readonly #terminal: Terminal
  readonly #handlers: readonly IDisposable[]
  #isCursorVisible = true

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    const { parser } = terminal
    const set = (isVisible: boolean) => (params: (number | number[])[]) => {
      if (params.includes(cursorVisibility)) this.#isCursorVisible = isVisible
      return false
    }
    const reset = () => {
      this.reset()
      return false
    }
    this.#handlers = [
      parser.registerCsiHandler({ prefix: '?', final: 'h' }, set(true)),
      parser.registerCsiHandler({ prefix: '?', final: 'l' }, set(false)),
      parser.registerCsiHandler({ intermediates: '!', final: 'p' }, reset),
      parser.registerEscHandler({ final: 'c' }, reset),
    ]
  }

  /** To be called when the terminal is reset from outside. */
  reset(): void {
    this.#isCursorVisible = true
  }

  view(): ScreenView {
    const terminal = this.#terminal
    const buffer = terminal.buffer.active
    return {
      cols: terminal.cols,
      cursorX: buffer.cursorX,
      cursorY: buffer.cursorY,
      isPredictable: this.#isCursorVisible && buffer.type === 'normal' && !terminal.modes.insertMode,
      cell(x, y) {
        const cell = buffer.getLine(buffer.baseY + y)?.getCell(x)
        const width = cell?.getWidth() ?? 1
        return { chars: cell?.getChars() || (width === 0 ? '' : ' '), width }
      },
    }
  }

  dispose(): void {
    for (const handler of this.#handlers) handler.dispose()
  }
}
