import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import type { Size } from '../testing/screen.ts'
import type { Footage, Take } from './footage.ts'

const pieceBytes = 700_000

/** All that a pane's program wrote, from its first byte on, and the sizes the pane had, read from the log itself. */
export class PaneFootage {
  readonly #plane: ControlPlaneProcess
  readonly #machineId: string
  readonly #session: string
  readonly #takes: Take[]
  #offset = 0
  #rest = ''
  #block: string | null = null

  constructor(plane: ControlPlaneProcess, machineId: string, session: string, size: Size) {
    this.#plane = plane
    this.#machineId = machineId
    this.#session = session
    this.#takes = [{ kind: 'reset', ...size }]
  }

  /** Everything up to now. */
  async read(): Promise<Footage> {
    for (;;) {
      const log = `"$HOME"/.agent-machines/console/${this.#session}/*.log`
      const command = `tail -c +${this.#offset + 1} ${log} | head -c ${pieceBytes}`
      const answer = await this.#plane.client.machines.exec(
        this.#machineId,
        { command },
        { encoding: 'base64' },
      )
      const bytes = Buffer.from(answer.stdout, 'base64')
      this.#offset += bytes.length
      this.#take(bytes.toString('latin1'))
      if (bytes.length < pieceBytes) return [...this.#takes]
    }
  }

  /** What the program wrote up to now, in one piece. */
  async written(): Promise<Buffer> {
    const takes = await this.read()
    return Buffer.concat(takes.flatMap((take) => (take.kind === 'write' ? [take.bytes] : [])))
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const [word = '', ...words] = line.split(' ')
      const guard = words.join(' ')
      if (this.#block !== null) {
        if ((word === '%end' || word === '%error') && guard === this.#block) this.#block = null
      } else if (word === '%begin') this.#block = guard
      else if (word === '%output')
        this.#takes.push({ kind: 'write', bytes: unescapeOctal(words.slice(1).join(' ')) })
      else if (word === '%layout-change') this.#resize(words[1] ?? '')
    }
  }

  #resize(layout: string): void {
    const [, cols, rows] = /^\w+,(\d+)x(\d+)/.exec(layout) ?? []
    this.#takes.push({ kind: 'resize', cols: Number(cols), rows: Number(rows) })
  }
}

/** tmux writes bytes below 0x20 and the backslash as three octal digits. */
function unescapeOctal(text: string): Uint8Array {
  const raw = text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(raw, 'latin1')
}
