/** Something that echoes keys: a console on one of the tiers, another design, or a terminal of this process. */
export interface Echoing {
  type(text: string): void
  /** Replaces the listener before. */
  onOutput(listener: (bytes: Uint8Array) => void): void
  close(): void | Promise<void>
}

export const size = { cols: 120, rows: 32 }
const lineLength = 50

/** Types one key, or a fresh line when the last one is full, and gives the milliseconds until its echo. */
export async function echoOfKey(echoing: Echoing, index: number): Promise<number> {
  if (index % lineLength === 0) await echoOf(echoing, '\r', 2)
  return echoOf(echoing, 'abcdefghij'.charAt(index % 10), 1)
}

/** Milliseconds until as many line ends or characters as `text` must cause were echoed. */
function echoOf(echoing: Echoing, text: string, answers: number): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now()
    let missing = answers
    echoing.onOutput((bytes) => {
      const echoed = Buffer.from(bytes).toString('latin1')
      missing -= text === '\r' ? echoed.split('\n').length - 1 : echoed.split(text).length - 1
      if (missing <= 0) resolve(performance.now() - began)
    })
    echoing.type(text)
  })
}

/** Puts `cat` in the place of the shell; resolves when it echoes. */
export function runCat(echoing: Echoing): Promise<void> {
  return new Promise((resolve) => {
    let seen = ''
    echoing.onOutput((bytes) => {
      seen += Buffer.from(bytes).toString()
      if (seen.includes('cat-runs')) resolve()
    })
    echoing.type('clear; printf "cat-%s\\n" runs; exec cat\r')
  })
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
