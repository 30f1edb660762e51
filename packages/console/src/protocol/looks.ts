/** Which code turns which property off; the code that turns it on stands for itself. */
const offs: Readonly<Record<string, readonly string[]>> = {
  22: ['1', '2'],
  23: ['3'],
  24: ['4'],
  25: ['5'],
  27: ['7'],
  28: ['8'],
  29: ['9'],
  39: ['foreground'],
  49: ['background'],
  55: ['53'],
  59: ['line'],
}
const same: Readonly<Record<string, string>> = {
  6: '5',
  21: '4',
  38: 'foreground',
  48: 'background',
  58: 'line',
}

/** The looks that characters get from here on: what a row of SGR sequences comes down to. */
export class Looks {
  readonly #set = new Map<string, string>()
  #wasReset = false

  /** The looks after all the SGR sequences in `text`, beginning with plain ones. */
  static after(text: string): Looks {
    const looks = new Looks()
    for (const [, parameters = ''] of text.matchAll(sgr)) looks.#apply(parameters)
    return looks
  }

  /** Whether they are the same whatever the looks were before. */
  get wasReset(): boolean {
    return this.#wasReset
  }

  get hasBackground(): boolean {
    return this.#set.has('background')
  }

  /** One sequence that makes plain looks these; empty for plain ones. */
  toString(): string {
    return this.#set.size === 0 ? '' : `\x1b[${[...this.#set.values()].join(';')}m`
  }

  #apply(parameters: string): void {
    const codes = parameters.split(';')
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at] ?? ''
      // Colours are `38;5;n`, `38;2;r;g;b`, or one code with colons.
      const length = /^[345]8$/.test(code) ? (codes[at + 1] === '5' ? 3 : 5) : 1
      this.#turn(code.split(':')[0] ?? '', codes.slice(at, at + length).join(';'))
      at += length - 1
    }
  }

  #turn(code: string, whole: string): void {
    const off = whole === '4:0' ? ['4'] : offs[code]
    if (code === '' || code === '0') {
      this.#set.clear()
      this.#wasReset = true
    } else if (off !== undefined) for (const property of off) this.#set.delete(property)
    else this.#set.set(propertyOf(code), whole)
  }
}

const sgr = /\x1b\[([0-9;:]*)m/g

function propertyOf(code: string): string {
  const number = Number(code)
  if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) return 'foreground'
  if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) return 'background'
  return same[code] ?? code
}
