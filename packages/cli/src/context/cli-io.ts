import type { LocalTerminal } from '../attach/local-terminal.ts'

/** Everything a command touches of the outside, so that tests can stand in for it. */
export interface CliIo {
  /** Results; resolves when the bytes were taken, rejects with `OutputClosed` when nobody reads them. */
  stdout(bytes: string | Uint8Array): Promise<void>
  /** Everything else. */
  stderr(bytes: string | Uint8Array): Promise<void>
  /** All of standard input; null when it is a terminal. */
  readonly stdin: AsyncIterable<Uint8Array> | null
  /** Whether colours and redrawn lines make sense on standard error. */
  readonly isInteractive: boolean
  /** Aborts when the person or the system asks the program to stop. */
  readonly signal: AbortSignal
  /** Asks for a line that is not shown; null without a terminal. */
  readonly askSecret: ((question: string) => Promise<string>) | null
  /** Null without a terminal on both sides. */
  readonly terminal: LocalTerminal | null
}
