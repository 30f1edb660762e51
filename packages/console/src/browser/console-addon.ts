import type { IDisposable, ITerminalAddon, Terminal } from '@xterm/xterm'
import { swallowQueries } from './swallow-queries.ts'

/** What the addon needs of a console connection. */
export interface ConsoleSource {
  on(
    name: 'snapshot',
    listener: (snapshot: { bytes: Uint8Array; cols: number; rows: number }) => void,
  ): () => void
  on(name: 'output', listener: (bytes: Uint8Array) => void): () => void
  on(name: 'resize', listener: (size: { cols: number; rows: number }) => void): () => void
  type(data: string | Uint8Array): void
  paste(text: string): void
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
  /** Told once a snapshot stands in the buffer, before any output behind it. */
  snapshotShown: () => void = () => {}
  /** Waits for everything written before it; null while nothing has to wait. */
  #afterBarrier: (() => void)[] | null = null

  activate(terminal: Terminal): void {
    this.#terminal = terminal
    this.#queries = swallowQueries(terminal.parser)
  }

  /** Shows `source` until another is connected or the addon is disposed. */
  connect(source: ConsoleSource): void {
    const terminal = this.#terminal
    if (!terminal) throw new TypeError('load the addon before connecting it')
    this.#disconnect()
    const endings = [
      source.on('snapshot', ({ bytes, cols, rows }) => {
        this.#barrier(() => {
          terminal.reset()
          terminal.resize(cols, rows)
        })
        this.#inOrder(() => this.#terminal?.write(bytes, () => this.snapshotShown()))
      }),
      source.on('output', (bytes) => this.#write(bytes)),
      source.on('resize', ({ cols, rows }) => this.#barrier(() => terminal.resize(cols, rows))),
      ...inputOf(terminal, source),
    ]
    this.#disconnect = () => {
      for (const end of endings) end()
      this.#disconnect = () => {}
    }
  }

  dispose(): void {
    this.#disconnect()
    this.#queries?.dispose()
    this.#terminal = null
  }

  #write(bytes: Uint8Array): void {
    this.#inOrder(() => this.#terminal?.write(bytes))
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

function inputOf(terminal: Terminal, source: ConsoleSource): (() => void)[] {
  const typed = terminal.onData((data) => source.type(data))
  const binary = terminal.onBinary((data) => {
    source.type(Uint8Array.from(data, (character) => character.charCodeAt(0)))
  })
  return [() => typed.dispose(), () => binary.dispose(), pasteOf(terminal.element, source)]
}

/** Pasted text goes by itself, so that the worker can bracket it by what the program asked for. */
function pasteOf(element: HTMLElement | undefined, source: ConsoleSource): () => void {
  const pasted = (event: ClipboardEvent) => {
    event.preventDefault()
    event.stopPropagation()
    source.paste(event.clipboardData?.getData('text/plain') ?? '')
  }
  element?.addEventListener('paste', pasted, { capture: true })
  return () => element?.removeEventListener('paste', pasted, { capture: true })
}
