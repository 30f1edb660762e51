import type { Terminal } from '@xterm/xterm'
import type { Prediction } from './prediction-engine.ts'

/** Draws a prediction above the emulator, in its font and colours; the buffer below is never touched. */
export class PredictionOverlay {
  readonly #terminal: Terminal
  readonly #element: HTMLElement
  readonly #screen: HTMLElement

  private constructor(terminal: Terminal, screen: HTMLElement) {
    this.#terminal = terminal
    this.#screen = screen
    this.#element = screen.ownerDocument.createElement('div')
    this.#element.className = 'am-prediction'
    this.#element.setAttribute('aria-hidden', 'true')
    Object.assign(this.#element.style, {
      position: 'absolute',
      inset: '0',
      overflow: 'hidden',
      pointerEvents: 'none',
      whiteSpace: 'pre',
      zIndex: '6',
    })
    screen.append(this.#element)
  }

  /** Null where the terminal is not on a page. */
  static above(terminal: Terminal): PredictionOverlay | null {
    const screen = terminal.element?.querySelector<HTMLElement>('.xterm-screen')
    return screen ? new PredictionOverlay(terminal, screen) : null
  }

  draw(prediction: Prediction | null, isUncertain: boolean): void {
    const { buffer } = this.#terminal
    if (prediction === null || buffer.active.viewportY !== buffer.active.baseY) {
      if (this.#element.firstChild) this.#element.replaceChildren()
      return
    }
    const { cells, cursor } = prediction
    const drawn = cells.map(({ x, y, chars, width }) => this.#cell(x, y, chars, width, isUncertain))
    const { cursorX, cursorY } = buffer.active
    const isRealCovered = cells.some(({ x, y }) => x === cursorX && y === cursorY)
    if (!isRealCovered) drawn.push(this.#cell(cursorX, cursorY, this.#charsAt(cursorX, cursorY), 1, false))
    const under = cells.find(({ x, y }) => x === cursor.x && y === cursor.y)
    drawn.push(this.#cursor(cursor.x, cursor.y, under?.chars ?? this.#charsAt(cursor.x, cursor.y)))
    this.#element.replaceChildren(...drawn)
  }

  dispose(): void {
    this.#element.remove()
  }

  #cell(x: number, y: number, chars: string, width: number, isUncertain: boolean): HTMLElement {
    const { cols, rows, options } = this.#terminal
    const { fontFamily = 'monospace', fontSize = 15, theme = {} } = options
    const [cellWidth, cellHeight] = [this.#screen.clientWidth / cols, this.#screen.clientHeight / rows]
    const cell = this.#element.ownerDocument.createElement('span')
    cell.textContent = chars
    Object.assign(cell.style, {
      position: 'absolute',
      left: `${x * cellWidth}px`,
      top: `${y * cellHeight}px`,
      width: `${width * cellWidth}px`,
      height: `${cellHeight}px`,
      lineHeight: `${cellHeight}px`,
      overflow: 'hidden',
      fontFamily,
      fontSize: `${fontSize}px`,
      fontWeight: String(options.fontWeight ?? 'normal'),
      color: theme.foreground ?? '#fff',
      background: theme.background ?? '#000',
      textDecoration: isUncertain ? 'underline' : 'none',
    })
    return cell
  }

  #cursor(x: number, y: number, chars: string): HTMLElement {
    const { cursorStyle = 'block', theme = {} } = this.#terminal.options
    const colour = theme.cursor ?? theme.foreground ?? '#fff'
    const cell = this.#cell(x, y, chars, 1, false)
    cell.className = 'am-prediction-cursor'
    if (cursorStyle === 'bar') cell.style.boxShadow = `inset 1px 0 ${colour}`
    else if (cursorStyle === 'underline') cell.style.boxShadow = `inset 0 -1px ${colour}`
    else
      Object.assign(cell.style, {
        background: colour,
        color: theme.cursorAccent ?? theme.background ?? '#000',
      })
    return cell
  }

  #charsAt(x: number, y: number): string {
    const { active } = this.#terminal.buffer
    return (
      active
        .getLine(active.baseY + y)
        ?.getCell(x)
        ?.getChars() || ' '
    )
  }
}
