/** A piece of the bootstrap log, or where the output of one attempt begins or ends; `output` names that attempt. */
export type LogPiece =
  | { readonly kind: 'text'; readonly phase: string; readonly text: string }
  | { readonly kind: 'begin' | 'end'; readonly output: string; readonly phase: string }

/** A longer line is passed on in parts. */
const heldLimit = 8192

const marker = /\n?\u001e([a-z0-9-]+) (\d+ \d+) (begin|end)\n/

/**
 * Cuts the bytes of the bootstrap log, as they come, into the output of each phase.
 *
 * Text comes in whole lines, so that nothing looked for in it is cut in two. The runner's markers are removed with
 * the line break before each.
 */
export class LogReader {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #phase: string | null = null

  read(bytes: Uint8Array): LogPiece[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true })
    const pieces: LogPiece[] = []
    for (let found = marker.exec(this.#rest); found; found = marker.exec(this.#rest)) {
      this.#take(found.index, pieces)
      this.#rest = this.#rest.slice(found[0].length)
      const [, phase = '', output = '', kind] = found
      this.#phase = phase
      pieces.push({ kind: kind === 'begin' ? 'begin' : 'end', phase, output })
    }
    this.#take(this.#rest.length - unfinished(this.#rest), pieces)
    return pieces
  }

  /** What was held back, when nothing more comes. */
  finish(): LogPiece[] {
    const pieces: LogPiece[] = []
    this.#take(this.#rest.length, pieces)
    return pieces
  }

  #take(length: number, pieces: LogPiece[]): void {
    const text = this.#rest.slice(0, length)
    this.#rest = this.#rest.slice(length)
    if (text !== '' && this.#phase !== null) pieces.push({ kind: 'text', phase: this.#phase, text })
  }
}

/** Characters at the end to hold back: a line that is not whole, and a line break that may belong to a marker. */
function unfinished(text: string): number {
  const held = text.length - Math.max(0, text.lastIndexOf('\n'))
  return held <= heldLimit ? held : 0
}
