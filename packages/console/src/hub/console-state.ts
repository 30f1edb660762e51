import type { AgentSignals, ConsoleRest, Gateway } from '@agent-machines/core'
import { type CapturedScreen, measureScreen, type Snapshot } from '../protocol/compose-snapshot.ts'
import { type LogItem, LogParser } from '../protocol/log-parser.ts'
import { type DriverState, type Message, parseMessage } from '../protocol/messages.ts'
import { PenTracker, type Untold } from '../protocol/pen-tracker.ts'
import type { ChannelHeader } from '../tiers/wire.ts'
import { LogWindow } from './log-window.ts'

/** A screen in the log that nobody composed yet. */
export interface PlacedScreen extends Omit<Snapshot, 'bytes'> {
  readonly log: string
  readonly end: number
  readonly captured: CapturedScreen
  readonly untold: Untold
  /** What it was printed with may be another pen than the one it is shown with. */
  readonly isGuess: boolean
}

/** What an instance knows of a console from reading its log. */
export class ConsoleState {
  epoch = ''
  log = ''
  cols: number
  rows: number
  dead = false
  driver: DriverState | null = null
  /** Changes whenever `driver` does. */
  driverVersion = 0
  signals: AgentSignals | null = null
  /** The last sleep or loss that ended; another object only when it is another one. */
  rest: ConsoleRest | null = null
  window = new LogWindow(0)
  /** The newest one in the log. */
  screen: PlacedScreen | null = null
  /** Whoever stands before this offset of the log was shown a guess instead of the pen; null while it is a guess. */
  #penKnownFrom: number | null = 0
  #parser = new LogParser(0, false)
  #pen = new PenTracker()
  #wantsTitle = false
  #screenText: readonly string[] = []
  readonly #onMessage: (message: Message) => void

  constructor(size: { cols: number; rows: number }, onMessage: (message: Message) => void) {
    this.cols = size.cols
    this.rows = size.rows
    this.#onMessage = onMessage
  }

  /** Begins at another log, or goes on in the same one. */
  begin(header: ChannelHeader): void {
    const goesOn = header.log === this.log && header.start === this.window.end
    const sameScreen = header.epoch === this.epoch && this.log !== '' && header.log !== this.log
    this.epoch = header.epoch
    this.log = header.log
    this.#parser = new LogParser(header.start, !goesOn && header.start > 0)
    if (goesOn) return
    this.window = new LogWindow(header.start)
    this.screen = null
    if (!sameScreen) {
      this.#pen = new PenTracker()
      this.#pen.preset(header.modes)
    }
    if (sameScreen || header.start > 0) this.#pen.lostOutput()
    this.#penKnownFrom = this.#pen.isGuess ? null : 0
  }

  /** Whether the pen, which was a guess when a reader at `offset` was shown it, is known by now. */
  knowsPenSince(offset: number): boolean {
    return this.#penKnownFrom !== null && offset < this.#penKnownFrom
  }

  push(bytes: Uint8Array): void {
    const items = this.#parser.push(bytes)
    let join = false
    for (const item of items) {
      this.#take(item, join)
      join = item.kind === 'output'
    }
  }

  setDriver(driver: DriverState | null): void {
    this.driver = driver
    this.driverVersion += 1
  }

  #take(item: LogItem, join: boolean): void {
    switch (item.kind) {
      case 'output':
        this.#pen.push(item.bytes)
        if (!this.#pen.isGuess) this.#penKnownFrom ??= item.end
        this.window.append(item, join)
        return
      case 'resize':
        this.cols = item.cols
        this.rows = item.rows
        this.#pen.resized()
        this.window.append(item, false)
        return
      case 'capture':
        this.window.advance(item.end)
        this.screen = this.#placed(item, item.end)
        return
      case 'message':
        this.#takeMessage(item.text, item.end)
        return
      case 'title':
        this.window.advance(item.end)
        if (this.signals !== null && this.#wantsTitle) {
          this.signals = { ...this.signals, title: item.title === '' ? null : item.title }
        }
        return
      case 'dead':
        this.window.advance(item.end)
        this.dead = item.dead
        return
      case 'began-inside':
        this.window.restart(item.end)
        return
      default:
        this.window.advance(item.end)
    }
  }

  #placed(captured: CapturedScreen, end: number): PlacedScreen {
    return {
      ...measureScreen(captured),
      captured,
      untold: this.#pen.untold(),
      isGuess: this.#pen.isGuess,
      log: this.log,
      end,
    }
  }

  #takeMessage(text: string, end: number): void {
    const message = parseMessage(text)
    this.window.advance(end)
    if (message === null) return
    if (message.kind === 'driver') this.setDriver(message.driver)
    else if (message.kind === 'signals') this.#takeSignals(message.signals)
    else if (message.kind === 'gateway') this.#takeGateway(message.gateway)
    else if (message.kind === 'screen') this.#takeScreen(message.screen)
    else if (message.kind === 'rest') this.#takeRest(message.rest)
    else if (message.kind === 'hello') {
      this.epoch = message.epoch
      this.cols = message.cols
      this.rows = message.rows
      this.dead = message.dead
      if (message.driver?.hash !== this.driver?.hash) this.setDriver(message.driver)
      this.#takeRest(message.rest)
      this.#screenText = message.screen
      if (message.signals !== null) this.#takeSignals(message.signals)
    }
    this.#onMessage(message)
  }

  #takeSignals({ wantsTitle, signals }: { wantsTitle: boolean; signals: AgentSignals }): void {
    this.#wantsTitle = wantsTitle
    const gateway = this.signals?.gateway
    this.signals = { ...signals, screen: this.#screenText, ...(gateway && { gateway }) }
  }

  #takeGateway(gateway: Gateway): void {
    if (this.signals !== null) this.signals = { ...this.signals, gateway }
  }

  #takeRest(rest: ConsoleRest | null): void {
    if (JSON.stringify(rest) !== JSON.stringify(this.rest)) this.rest = rest
  }

  #takeScreen(screen: readonly string[]): void {
    this.#screenText = screen
    if (this.signals !== null) this.signals = { ...this.signals, screen }
  }
}
