import type { IDisposable, Terminal } from '@xterm/xterm'
import { PredictionEngine } from './prediction-engine.ts'
import { PredictionOverlay } from './prediction-overlay.ts'
import { TerminalScreen } from './terminal-screen.ts'

/** What a connection measures. */
export interface EchoStats {
  readonly echoMs: number | null
  readonly keysInFlight: number
}

const onAboveMs = 60
const offBelowMs = 40
const tickMs = 25
/** Underlined when the truth is so many times later than it mostly is. */
const lateTimes = 2

/** Whether an echo is slow enough for a prediction to be of use; what is on stays on a little longer. */
export function isSlow(echoMs: number | null, wasSlow: boolean): boolean {
  return echoMs !== null && echoMs > (wasSlow ? offBelowMs : onAboveMs)
}

/** Shows keys before their echo has come, while the echo takes long. */
export class PredictiveEcho {
  readonly #screen: TerminalScreen
  readonly #overlay: PredictionOverlay | null
  readonly #listeners: readonly IDisposable[]
  #engine: PredictionEngine | null = null
  #echoMs: number | null = null
  #inFlight = 0
  #typed = 0
  #isTyping = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(terminal: Terminal) {
    this.#screen = new TerminalScreen(terminal)
    this.#overlay = PredictionOverlay.above(terminal)
    this.#listeners = [
      terminal.onWriteParsed(() => this.#parsed()),
      terminal.onScroll(() => this.#draw()),
      terminal.onResize(() => this.clear()),
    ]
  }

  /** Sends what was typed; the connection tells within `send` whether it counts as a key. */
  typing(data: string, send: () => void): void {
    const before = this.#inFlight
    this.#isTyping = true
    send()
    this.#isTyping = false
    if (this.#inFlight <= before) return
    this.#typed += this.#inFlight - before
    this.#engine?.typed(this.#typed, data, performance.now())
    this.#draw()
    this.#wakeLater()
  }

  stats({ echoMs, keysInFlight }: EchoStats): void {
    this.#echoMs = echoMs
    this.#inFlight = keysInFlight
    if (!isSlow(echoMs, this.#engine !== null)) this.#engine = null
    else if (this.#engine === null) {
      this.#engine = new PredictionEngine()
      this.#engine.shown(this.#screen.view(), performance.now())
    }
    if (!this.#isTyping) this.#engine?.acked(this.#typed - keysInFlight, performance.now())
  }

  /** Forgets what was predicted: something else than keys changes the screen. */
  clear(): void {
    this.#engine?.clear()
    this.#draw()
  }

  /** As `clear`, when the terminal itself is reset. */
  reset(): void {
    this.#screen.reset()
    this.clear()
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const listener of this.#listeners) listener.dispose()
    this.#screen.dispose()
    this.#overlay?.dispose()
  }

  #parsed(): void {
    this.#engine?.shown(this.#screen.view(), performance.now())
    this.#draw()
  }

  #draw(): void {
    const prediction = this.#engine?.prediction ?? null
    const lateMs = (this.#echoMs ?? 0) * lateTimes
    this.#overlay?.draw(prediction, prediction !== null && performance.now() - prediction.since > lateMs)
  }

  #wakeLater(): void {
    if (this.#timer !== undefined || !this.#engine?.isBusy) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#engine?.advance(performance.now())
      this.#draw()
      this.#wakeLater()
    }, tickMs)
  }
}
