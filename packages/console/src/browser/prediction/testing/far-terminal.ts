import { Unicode11Addon } from '@xterm/addon-unicode11'
import { Terminal } from '@xterm/headless'
import type { Terminal as BrowserTerminal } from '@xterm/xterm'
import type { Prediction } from '../prediction-engine.ts'
import { PredictionEngine } from '../prediction-engine.ts'
import { TerminalScreen } from '../terminal-screen.ts'
import { SimulatedShell } from './simulated-shell.ts'

const oneWayMs = 75
const tickMs = 25

/** A terminal, its prediction and a shell 150 ms away, in a time of their own. */
export class FarTerminal {
  readonly terminal = new Terminal({ cols: 60, rows: 8, allowProposedApi: true })
  readonly engine = new PredictionEngine()
  readonly shell = new SimulatedShell((text, afterMs) => this.#say(text, afterMs))
  readonly #screen = new TerminalScreen(this.terminal as unknown as BrowserTerminal)
  /** Called after everything that may have changed what is seen. */
  seen: () => void = () => {}
  now = 0
  #keys = 0
  #saidUntil = 0
  #events: { readonly at: number; readonly run: () => void | Promise<void> }[] = []

  constructor() {
    this.terminal.loadAddon(new Unicode11Addon())
    this.terminal.unicode.activeVersion = '11'
    this.shell.start()
  }

  get prediction(): Prediction | null {
    return this.engine.prediction
  }

  type(data: string): void {
    this.#keys += 1
    const key = this.#keys
    this.engine.typed(key, data, this.now)
    this.seen()
    this.#at(this.now + oneWayMs, () => {
      this.#at(this.now + oneWayMs, () => this.engine.acked(key, this.now))
      this.shell.key(data)
    })
  }

  /** Something is printed that no key asked for. */
  interrupt(text: string): void {
    this.#at(this.now, () => this.#say(text, 0))
  }

  /** Lets time pass, in steps in which the page looks at its clock. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    while (this.now < until) {
      const next = this.#events.reduce((least, { at }) => Math.min(least, at), until)
      this.now = Math.min(until, Math.max(this.now, next), (Math.floor(this.now / tickMs) + 1) * tickMs)
      const due = this.#events.filter(({ at }) => at <= this.now)
      this.#events = this.#events.filter(({ at }) => at > this.now)
      for (const { run } of due) {
        await run()
        this.seen()
      }
      if (this.now % tickMs === 0) {
        this.engine.advance(this.now)
        this.seen()
      }
    }
  }

  /** What a person sees: the screen with the prediction above it. */
  row(y = this.terminal.buffer.active.cursorY): string {
    const view = this.#screen.view()
    const cells = Array.from({ length: view.cols }, (_, x) => view.cell(x, y).chars)
    for (const { x, y: row, chars, width } of this.prediction?.cells ?? []) {
      if (row !== y) continue
      cells[x] = chars
      if (width === 2) cells[x + 1] = ''
    }
    return cells.join('').trimEnd()
  }

  #say(text: string, afterMs: number): void {
    this.#saidUntil = Math.max(this.#saidUntil, this.now + afterMs + oneWayMs)
    this.#at(this.#saidUntil, async () => {
      await new Promise<void>((resolve) => this.terminal.write(text, resolve))
      this.engine.shown(this.#screen.view(), this.now)
    })
  }

  #at(at: number, run: () => void | Promise<void>): void {
    this.#events.push({ at, run })
  }
}
