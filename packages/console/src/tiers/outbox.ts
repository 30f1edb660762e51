interface Line {
  readonly text: string
  /** Flights in the air that carry it. */
  carriers: number
  /** It was handed over once more while a flight carried it: that one may never land. */
  isOverdue: boolean
}

/** Lines on their way to the worker together. */
export interface Flight {
  readonly lines: readonly string[]
  /** To be called once, when it is known whether the lines were handed over. */
  landed(delivered: boolean): void
}

/** Far more than a person types in a round trip; one command's input stays small. */
const flightBytes = 64 * 1024

/**
 * Lines that are not known to be on the worker yet.
 *
 * A flight carries everything from the first such line on, also what another flight carries already: whichever
 * arrives first, no line comes before its predecessor. The worker's comparison makes the repetition harmless.
 */
export class Outbox {
  readonly #lines: Line[] = []

  /** What is still here is not added again; with anything new all is, since it belongs together in this order. */
  add(lines: readonly string[]): void {
    const here = this.#lines.filter((line) => lines.includes(line.text))
    if (lines.some((text) => !here.some((line) => line.text === text)))
      this.#lines.push(...lines.map((text) => ({ text, carriers: 0, isOverdue: false })))
    else for (const line of here) line.isOverdue = line.carriers > 0
  }

  /** Whether a flight is out for so long that another is to carry what it carries. */
  get isOverdue(): boolean {
    return this.#lines.some((line) => line.isOverdue)
  }

  /** Null when nothing is here that no flight carries in time. */
  depart(): Flight | null {
    const aboard = this.#nextAboard()
    if (!aboard.some((line) => line.carriers === 0 || line.isOverdue)) return null
    for (const line of aboard) {
      line.carriers += 1
      line.isOverdue = false
    }
    return {
      lines: aboard.map((line) => line.text),
      landed: (delivered) => {
        for (const line of aboard) line.carriers -= 1
        if (delivered) this.#remove(new Set(aboard))
      },
    }
  }

  #nextAboard(): Line[] {
    let size = 0
    const end = this.#lines.findIndex((line) => {
      size += line.text.length + 1
      return size > flightBytes
    })
    return end === -1 ? [...this.#lines] : this.#lines.slice(0, Math.max(1, end))
  }

  #remove(gone: ReadonlySet<Line>): void {
    const left = this.#lines.filter((line) => !gone.has(line))
    this.#lines.splice(0, this.#lines.length, ...left)
  }
}
