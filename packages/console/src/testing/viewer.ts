import type { ConsoleEvent } from '@agent-machines/core'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless from '@xterm/headless'

export type HeadlessTerminal = InstanceType<typeof headless.Terminal>

export function newTerminal(cols: number, rows: number): HeadlessTerminal {
  const terminal = new headless.Terminal({ cols, rows, scrollback: 5000, allowProposedApi: true })
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  titles.set(terminal, '')
  terminal.onTitleChange((title) => titles.set(terminal, title))
  return terminal
}

const titles = new WeakMap<HeadlessTerminal, string>()

export function write(terminal: HeadlessTerminal, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve))
}

/** Everything that a person or a program can tell two terminals apart by. */
export function stateOf(terminal: HeadlessTerminal) {
  const buffer = terminal.buffer.active
  const rows = Array.from({ length: terminal.rows }, (_, row) => cellsOf(terminal, buffer.baseY + row))
  const above = Array.from({ length: Math.min(buffer.baseY, 1000) }, (_, row) =>
    buffer.getLine(row)?.translateToString(true).trimEnd(),
  )
  return {
    rows,
    above,
    buffer: buffer.type,
    cursor: [buffer.cursorX, buffer.cursorY],
    modes: terminal.modes,
    title: titles.get(terminal),
  }
}

function cellsOf(terminal: HeadlessTerminal, row: number): string[] {
  const line = terminal.buffer.active.getLine(row)
  return Array.from({ length: terminal.cols }, (_, column) => {
    const cell = line?.getCell(column)
    if (cell === undefined) return 'none'
    const look = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()]
    const marks = [cell.isBold(), cell.isUnderline(), cell.isInverse(), cell.isDim(), cell.isItalic()].map(
      Number,
    )
    const text = cell.getWidth() === 0 ? '' : cell.getChars() || ' '
    return `${text}|${look.join(',')}|${marks.join('')}`
  })
}

/** A browser's share of the protocol: reset, resize and write into a real terminal emulator. */
export class Viewer {
  readonly events: ConsoleEvent[] = []
  readonly terminal: HeadlessTerminal
  lastId: string | undefined
  readonly #changed = new Set<() => void>()
  readonly done: Promise<void>

  constructor(stream: AsyncIterable<ConsoleEvent>) {
    this.terminal = newTerminal(80, 24)
    this.done = this.#run(stream)
  }

  async #run(stream: AsyncIterable<ConsoleEvent>): Promise<void> {
    for await (const event of stream) {
      this.events.push(event)
      await this.#apply(event)
      if ('id' in event) this.lastId = event.id
      for (const changed of this.#changed) changed()
    }
  }

  async #apply(event: ConsoleEvent): Promise<void> {
    if (event.event === 'snapshot') {
      this.terminal.reset()
      this.terminal.resize(event.data.cols, event.data.rows)
    }
    if (event.event === 'resize') this.terminal.resize(event.data.cols, event.data.rows)
    if (event.event === 'snapshot' || event.event === 'output') {
      await write(this.terminal, Buffer.from(event.data.data, 'base64'))
    }
  }

  /** The screen's lines without trailing blanks. */
  text(): string {
    return screenText(this.terminal)
  }

  async until(
    isDone: (screen: string, events: readonly ConsoleEvent[]) => boolean,
    ms = 10_000,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const finish = (run: () => void) => {
        clearTimeout(timer)
        this.#changed.delete(check)
        run()
      }
      const check = () => {
        if (isDone(this.text(), this.events)) finish(resolve)
      }
      const timer = setTimeout(() => finish(() => reject(new Error(`not seen; screen:\n${this.text()}`))), ms)
      this.#changed.add(check)
      check()
    })
  }
}

function screenText(terminal: HeadlessTerminal): string {
  const buffer = terminal.buffer.active
  const lines = Array.from({ length: terminal.rows }, (_, row) =>
    (buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
  )
  return lines.join('\n').trimEnd()
}
