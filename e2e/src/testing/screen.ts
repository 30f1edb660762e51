import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless from '@xterm/headless'

export interface Size {
  readonly cols: number
  readonly rows: number
}

/** An emulator with the settings of the dashboard's terminal, fed in order and read cell by cell. */
export class Screen {
  readonly #terminal: InstanceType<typeof headless.Terminal>
  #written: Promise<void> = Promise.resolve()

  constructor({ cols, rows }: Size) {
    this.#terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000 })
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = '11'
  }

  get size(): Size {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows }
  }

  write(bytes: Uint8Array | string): void {
    this.#written = new Promise((resolve) => this.#terminal.write(bytes, resolve))
  }

  /** Starts anew, as a terminal does before a snapshot. */
  reset({ cols, rows }: Size): void {
    this.#terminal.reset()
    this.#terminal.resize(cols, rows)
  }

  resize({ cols, rows }: Size): void {
    this.#terminal.resize(cols, rows)
  }

  /** What the emulator answers to queries of the program. */
  onAnswer(listener: (text: string) => void): void {
    this.#terminal.onData(listener)
  }

  async text(): Promise<string> {
    await this.#written
    return this.#lines().join('\n')
  }

  /** Every visible cell with its character, width, colours and attributes, and where the cursor is. */
  async cells(): Promise<string[]> {
    await this.#written
    const { active } = this.#terminal.buffer
    const rows = Array.from({ length: this.#terminal.rows }, (_, y) => this.#row(active.baseY + y))
    return [...rows, `cursor ${active.cursorX},${active.cursorY} ${active.type}`]
  }

  dispose(): void {
    this.#terminal.dispose()
  }

  #lines(): string[] {
    const { active } = this.#terminal.buffer
    return Array.from(
      { length: this.#terminal.rows },
      (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
    )
  }

  #row(y: number): string {
    const line = this.#terminal.buffer.active.getLine(y)
    if (!line) return ''
    return Array.from({ length: this.#terminal.cols }, (_, x) => {
      const cell = line.getCell(x)
      if (!cell) return ''
      const looks = [
        cell.getFgColorMode(),
        cell.getFgColor(),
        cell.getBgColorMode(),
        cell.getBgColor(),
        cell.isBold(),
        cell.isDim(),
        cell.isItalic(),
        cell.isUnderline(),
        cell.isInverse(),
        cell.isStrikethrough(),
      ].map(Number)
      return `${cell.getChars() || ' '}${cell.getWidth()}:${looks.join(',')}`
    }).join('|')
  }
}
