/** Something that echoes keys: a console on one of the tiers, another design, or a terminal of this process. */
export interface Echoing {
  type(text: string): void
  /** Replaces the listener before. */
  onOutput(listener: (bytes: Uint8Array) => void): void
  close(): void | Promise<void>
}

export const size = { cols: 120, rows: 32 }
const lineLength = 50
/** Letters that end no control sequence, so that a screen that is drawn anew is no echo. */
const letters = 'vwyzeokjx'
const eraseLine = '\x15'

/** Types one key, on an emptied line when the last one is full, and gives the milliseconds until its echo. */
export async function echoOfKey(echoing: Echoing, index: number): Promise<number> {
  if (index % lineLength === 0) {
    echoing.onOutput(() => {})
    echoing.type(eraseLine)
    await pause(100)
  }
  const letter = letters.charAt(index % letters.length)
  return new Promise((resolve) => {
    const began = performance.now()
    echoing.onOutput((bytes) => {
      if (Buffer.from(bytes).includes(letter)) resolve(performance.now() - began)
    })
    echoing.type(letter)
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
