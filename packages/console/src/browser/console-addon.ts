import type { IDisposable, ITerminalAddon, Terminal } from '@xterm/xterm'
import { type EchoStats, PredictiveEcho } from './prediction/predictive-echo.ts'
import { swallowQueries } from './swallow-queries.ts'
import { WriteBacklog } from './write-backlog.ts'

export interface ConsoleSourceEvents {
  snapshot: { readonly bytes: Uint8Array; readonly cols: number; readonly rows: number }
  output: Uint8Array
  resize: { readonly cols: number; readonly rows: number }
  stats: EchoStats
}

/** What the addon needs of a console connection. */
export interface ConsoleSource {
  on<Name extends keyof ConsoleSourceEvents>(
    name: Name,
    listener: (payload: ConsoleSourceEvents[Name]) => void,
  ): () => void
  type(data: string | Uint8Array): void
  paste(text: string): void
  /** Gives up output that was not shown yet for a snapshot of the present screen. */
  startOver?(): void
}

export interface ConsoleAddonOptions {
  /** `auto` shows keys before their echo while the echo takes longer than 60 ms; `off` unless told. */
  readonly prediction?: 'off' | 'auto'
}

/**
 * Shows a console in an xterm and types into it.
 *
 * The terminal has the size of the console, never the other way round, and answers no query: the worker's
 * tmux already has. Load it after every other addon, so that none of them answers either, and connect once
 * the terminal is open.
 */
export class ConsoleAddon implements ITerminalAddon {
  #terminal: Terminal | null = null
  #queries: IDisposable | null = null
  #disconnect: () => void = () => {}
  #prediction: 'off' | 'auto'
  #echo: PredictiveEcho | null = null
  /** Told once a snapshot stands in the buffer, before any output behind it. */
  snapshotShown: () => void = () => {}
  /** Waits for everything written before it; null while nothing has to wait. */
  #afterBarrier: (() => void)[] | null = null

  constructor(options: ConsoleAddonOptions = {}) {
    this.#prediction = options.prediction ?? 'off'
  }

  set prediction(prediction: 'off' | 'auto') {
    this.#prediction = prediction
    this.#predict()
  }

  activate(terminal: Terminal): void {
    this.#terminal = terminal
    this.#queries = swallowQueries(terminal.parser)
  }

  /** Shows `source` until another is connected or the addon is disposed. */
  connect(source: ConsoleSource): void {
    const terminal = this.#terminal
    if (!terminal) throw new TypeError('load the addon before connecting it')
    this.#disconnect()
    this.#predict()
    const backlog = new WriteBacklog(source.startOver?.bind(source) ?? null)
    const endings = [
      source.on('snapshot', ({ bytes, cols, rows }) => {
        this.#barrier(() => {
          terminal.reset()
          terminal.resize(cols, rows)
          this.#echo?.reset()
        })
        const shown = backlog.startsOver(bytes.length)
        this.#write(bytes, () => {
          shown()
          this.snapshotShown()
        })
      }),
      source.on('output', (bytes) => {
        const shown = backlog.take(bytes.length)
        if (shown) this.#write(bytes, shown)
      }),
      source.on('resize', ({ cols, rows }) => this.#barrier(() => terminal.resize(cols, rows))),
      source.on('stats', (stats) => this.#echo?.stats(stats)),
      ...inputOf(terminal, {
        type: (data) => this.#type(source, data),
        paste: (text) => {
          this.#echo?.clear()
          source.paste(text)
        },
      }),
    ]
    this.#disconnect = () => {
      for (const end of endings) end()
      this.#disconnect = () => {}
    }
  }

  dispose(): void {
    this.#disconnect()
    this.#queries?.dispose()
    this.#echo?.dispose()
    this.#echo = null
    this.#terminal = null
  }

  #predict(): void {
    const isWanted = this.#prediction === 'auto'
    if (isWanted === (this.#echo !== null) || this.#terminal === null) return
    this.#echo?.dispose()
    this.#echo = isWanted ? new PredictiveEcho(this.#terminal) : null
  }

  #type(source: ConsoleSource, data: string | Uint8Array): void {
    if (typeof data === 'string' && this.#echo) this.#echo.typing(data, () => source.type(data))
    else source.type(data)
  }

  #write(bytes: Uint8Array, shown: () => void): void {
    this.#inOrder(() => this.#terminal?.write(bytes, shown))
  }

  /** xterm parses later than it is written to; `action` belongs exactly between two writes. */
  #barrier(action: () => void): void {
    this.#inOrder(() => {
      const waiting: (() => void)[] = []
      this.#afterBarrier = waiting
      this.#terminal?.write('', () => {
        if (!this.#terminal) return
        this.#afterBarrier = null
        action()
        for (const next of waiting) this.#inOrder(next)
      })
    })
  }

  #inOrder(action: () => void): void {
    if (this.#afterBarrier) this.#afterBarrier.push(action)
    else action()
  }
}

function inputOf(terminal: Terminal, source: Pick<ConsoleSource, 'type' | 'paste'>): (() => void)[] {
  const typed = terminal.onData((data) => source.type(data))
  const binary = terminal.onBinary((data) => {
    source.type(Uint8Array.from(data, (character) => character.charCodeAt(0)))
  })
  return [() => typed.dispose(), () => binary.dispose(), pasteOf(terminal.element, source)]
}

/** Pasted text goes by itself, so that the worker can bracket it by what the program asked for. */
function pasteOf(element: HTMLElement | undefined, source: Pick<ConsoleSource, 'paste'>): () => void {
  const pasted = (event: ClipboardEvent) => {
    event.preventDefault()
    event.stopPropagation()
    source.paste(event.clipboardData?.getData('text/plain') ?? '')
  }
  element?.addEventListener('paste', pasted, { capture: true })
  return () => element?.removeEventListener('paste', pasted, { capture: true })
}
