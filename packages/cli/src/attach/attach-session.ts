import { ConsoleConnection, type ConsoleConnectionOptions, type ConsoleState } from '@agent-machines/client'
import { KeySplitter } from './key-splitter.ts'
import type { LocalTerminal } from './local-terminal.ts'
import { QueryFilter } from './query-filter.ts'

/** Undoes what a program may have switched on in the local terminal. */
const resetModes =
  '\x1b[?1049l\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1004l\x1b[?2004l' +
  '\x1b[>4m\x1b[<u\x1b[?1l\x1b>\x1b[?7h\x1b[?25h\x1b[r\x1b(B\x1b[0m'
const clearScreen = '\x1b[H\x1b[2J'
const bell = '\x07'

export interface AttachOutcome {
  readonly reason: 'detached' | 'stopped' | Extract<ConsoleState, { state: 'ended' }>['reason']
  readonly error?: Error
}

export type AttachOptions = Omit<ConsoleConnectionOptions, 'cols' | 'rows'>

/** Joins the local terminal and a console until the person detaches, the console ends, or `signal` aborts. */
export async function attachSession(
  terminal: LocalTerminal,
  options: AttachOptions,
  signal: AbortSignal,
): Promise<AttachOutcome> {
  const connection = new ConsoleConnection({ ...options, ...sizeOf(terminal) })
  const captured = { release: () => {} }
  try {
    return await new Promise<AttachOutcome>((resolve) => {
      signal.addEventListener('abort', () => resolve({ reason: 'stopped' }), { once: true })
      connection.on('state', (state) => {
        if (state.state !== 'ended') return
        resolve({ reason: state.reason, ...(state.error ? { error: state.error } : {}) })
      })
      showOn(terminal, connection)
      Object.assign(
        captured,
        typeInto(connection, terminal, () => resolve({ reason: 'detached' })),
      )
      if (!options.watch) takeOverOnce(connection)
      connection.start()
      if (signal.aborted) resolve({ reason: 'stopped' })
    })
  } finally {
    connection.close()
    captured.release()
    terminal.write(`${resetModes}\r\n`)
  }
}

function showOn(terminal: LocalTerminal, connection: ConsoleConnection): void {
  let filter = new QueryFilter()
  connection.on('snapshot', ({ bytes }) => {
    filter = new QueryFilter()
    terminal.write(resetModes + clearScreen)
    terminal.write(filter.push(bytes))
  })
  connection.on('output', (bytes) => terminal.write(filter.push(bytes)))
  connection.on('undelivered', () => terminal.write(bell))
}

function typeInto(
  connection: ConsoleConnection,
  terminal: LocalTerminal,
  detach: () => void,
): { release(): void } {
  const splitter = new KeySplitter()
  return terminal.capture({
    input: (bytes) => {
      for (const input of splitter.push(bytes)) {
        if (input.kind === 'keys') connection.type(input.bytes)
        else if (input.kind === 'paste') connection.paste(input.text)
        else detach()
      }
    },
    resized: () => {
      const { cols, rows } = sizeOf(terminal)
      connection.resize(cols, rows)
    },
  })
}

/** Attaching means to type; a later take-over by somebody else stands. */
function takeOverOnce(connection: ConsoleConnection): void {
  const stop = connection.on('driver', ({ driver, mine }) => {
    stop()
    if (driver && !mine) connection.takeOver().catch(() => connection.reconnect())
  })
}

/** Within what a console can have. */
function sizeOf(terminal: LocalTerminal): { cols: number; rows: number } {
  return {
    cols: Math.min(500, Math.max(20, terminal.cols)),
    rows: Math.min(200, Math.max(5, terminal.rows)),
  }
}
