export type LocalInput =
  | { readonly kind: 'keys'; readonly bytes: Uint8Array }
  | { readonly kind: 'paste'; readonly text: string }
  /** Ctrl-] was pressed. */
  | { readonly kind: 'detach' }

const detachKey = 0x1d
/** Ctrl-] where the program has switched on the extended keyboard protocol. */
const detachSequence = '\x1b[93;5u'
const pasteStart = '\x1b[200~'
const pasteEnd = '\x1b[201~'

/** Tells keys, pasted text and the detach key apart in what the local terminal sends, however it is cut. */
export class KeySplitter {
  /** Latin-1, so that each character is one byte. */
  #rest = ''
  #pasting = false

  push(bytes: Uint8Array): LocalInput[] {
    this.#rest += Buffer.from(bytes).toString('latin1')
    const inputs: LocalInput[] = []
    for (let again = true; again; ) again = this.#pasting ? this.#takePaste(inputs) : this.#takeKeys(inputs)
    return inputs
  }

  #takeKeys(inputs: LocalInput[]): boolean {
    const found = this.#nextMark()
    const end = found?.at ?? this.#rest.length - heldBack(this.#rest)
    if (end > 0) inputs.push({ kind: 'keys', bytes: Buffer.from(this.#rest.slice(0, end), 'latin1') })
    this.#rest = this.#rest.slice(end + (found?.mark.length ?? 0))
    if (found?.mark === pasteStart) this.#pasting = true
    else if (found) inputs.push({ kind: 'detach' })
    return found !== null
  }

  #nextMark(): { at: number; mark: string } | null {
    const marks = [String.fromCharCode(detachKey), detachSequence, pasteStart]
    const found = marks.map((mark) => ({ mark, at: this.#rest.indexOf(mark) })).filter(({ at }) => at >= 0)
    return found.sort((a, b) => a.at - b.at)[0] ?? null
  }

  #takePaste(inputs: LocalInput[]): boolean {
    const end = this.#rest.indexOf(pasteEnd)
    if (end === -1) return false
    inputs.push({ kind: 'paste', text: Buffer.from(this.#rest.slice(0, end), 'latin1').toString('utf8') })
    this.#rest = this.#rest.slice(end + pasteEnd.length)
    this.#pasting = false
    return true
  }
}

/** Length of an end that may be the beginning of a paste; a bare Escape key never waits. */
function heldBack(text: string): number {
  for (let length = pasteStart.length - 1; length >= 3; length--) {
    if (text.endsWith(pasteStart.slice(0, length))) return length
  }
  return 0
}
