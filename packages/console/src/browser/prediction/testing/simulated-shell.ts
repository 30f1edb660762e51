interface Letter {
  readonly chars: string
  readonly width: number
}

/**
 * A line editor as shells have one: it echoes, edits in the middle, completes with Tab, redraws its prompt, runs
 * a line that may print, and asks for a password without an echo.
 */
export class SimulatedShell {
  readonly #print: (text: string, afterMs: number) => void
  #line: Letter[] = []
  #cursor = 0
  #isSecret = false
  /** Whether the program on the screen reads keys by itself and draws nothing for them. */
  #isFullScreen = false

  constructor(print: (text: string, afterMs: number) => void) {
    this.#print = print
  }

  start(): void {
    this.#print('$ ', 0)
  }

  /** The line as it stands, whether anybody has been told or not. */
  get row(): string {
    return `$ ${this.#text(this.#line)}`.trimEnd()
  }

  key(data: string): void {
    if (this.#isFullScreen) this.#leaveFullScreen(data)
    else if (data === '\r') this.#enter()
    else if (this.#isSecret) return
    else if (data === '\t') this.#complete()
    else if (data === '\x15') this.#replace([], 'whole')
    else if (data === '\x0c')
      this.#print(`\x1b[H\x1b[2J$ ${this.#text(this.#line)}${this.#backToCursor()}`, 2)
    else if (data === '\x7f') this.#backspace()
    else if (/^\x1b[[O][CD]$/.test(data)) this.#move(data.endsWith('D'))
    else if (!data.startsWith('\x1b'))
      for (const chars of data) this.#insert({ chars, width: widthOf(chars) })
  }

  #enter(): void {
    const command = this.#text(this.#line)
    this.#line = []
    this.#cursor = 0
    if (this.#isSecret) {
      this.#isSecret = false
      this.#print('\r\nok\r\n$ ', 4)
    } else if (command.startsWith('s')) {
      this.#isSecret = true
      this.#print('\r\nPassword: ', 3)
    } else if (command.startsWith('v')) {
      this.#isFullScreen = true
      this.#print('\r\n\x1b[?1049h\x1b[2J\x1b[Hfull screen', 3)
    } else if (command.startsWith('h')) {
      this.#isFullScreen = true
      this.#print('\r\n\x1b[?25lno caret ', 3)
    } else {
      this.#print('\r\n', 1)
      this.#print(`out of ${command}\r\n$ `, 30)
    }
  }

  #leaveFullScreen(data: string): void {
    if (data !== '\r') return
    this.#isFullScreen = false
    this.#print('\x1b[?1049l\x1b[?25h\r\n$ ', 3)
  }

  #complete(): void {
    const added = [...'ete.txt '].map((chars) => ({ chars, width: 1 }))
    this.#line.splice(this.#cursor, 0, ...added)
    this.#cursor += added.length
    this.#replace(this.#line, 'rest', 40)
  }

  #insert(letter: Letter): void {
    this.#line.splice(this.#cursor, 0, letter)
    this.#cursor += 1
    const after = this.#text(this.#line.slice(this.#cursor))
    this.#print(letter.chars + after + this.#backToCursor(), 1)
  }

  #backspace(): void {
    if (this.#cursor === 0) {
      this.#print('\x07', 1)
      return
    }
    const [gone] = this.#line.splice(this.#cursor - 1, 1)
    this.#cursor -= 1
    const back = '\b'.repeat(gone?.width ?? 0)
    this.#print(`${back}\x1b[K${this.#text(this.#line.slice(this.#cursor))}${this.#backToCursor()}`, 1)
  }

  #move(isLeft: boolean): void {
    const passed = this.#line[isLeft ? this.#cursor - 1 : this.#cursor]
    if (passed === undefined) {
      this.#print('\x07', 1)
      return
    }
    this.#cursor += isLeft ? -1 : 1
    this.#print((isLeft ? '\b' : '\x1b[C').repeat(passed.width), 1)
  }

  #replace(line: readonly Letter[], what: 'whole' | 'rest', afterMs = 2): void {
    this.#line = [...line]
    if (what === 'whole') this.#cursor = 0
    this.#print(`\r\x1b[K$ ${this.#text(this.#line)}${this.#backToCursor()}`, afterMs)
  }

  #backToCursor(): string {
    return '\b'.repeat(this.#line.slice(this.#cursor).reduce((sum, { width }) => sum + width, 0))
  }

  #text(letters: readonly Letter[]): string {
    return letters.map(({ chars }) => chars).join('')
  }
}

function widthOf(chars: string): number {
  return /[\u3041-\u9fff\uac00-\ud7a3]|\p{Emoji_Presentation}/u.test(chars) ? 2 : 1
}
