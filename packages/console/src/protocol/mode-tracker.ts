/** Modes that tmux 3.3a cannot be asked for. */
const tracked = new Set(['9', '12', '45', '1004', '1016', '2004', '2026'])
/** A mouse mode ends the one that tmux does not know; so does an encoding. */
const ends: Readonly<Record<string, string>> = { 1000: '9', 1002: '9', 1003: '9', 1005: '1016', 1006: '1016' }

/** Follows switches that tmux forgets, and the cursor's shape. */
export class ModeTracker {
  readonly #on = new Set<string>()
  #shape = '0'

  /** What the worker found in a log that is read from its middle: `2004h 1004l q4`. */
  preset(switches: string): void {
    for (const [, mode = '', on = '', shape] of switches.matchAll(/(\d+)([hl])|q(\d)/g)) {
      if (shape !== undefined) this.#shape = shape
      else this.#turn(mode, on === 'h')
    }
  }

  /** A control sequence without its escape byte. */
  take(sequence: string): void {
    const switches = /^\[\?([0-9;]+)([hl])$/.exec(sequence)
    const shape = /^\[([0-6]?) q$/.exec(sequence)
    if (switches !== null) {
      for (const mode of (switches[1] ?? '').split(';')) this.#turn(mode, switches[2] === 'h')
    } else if (shape !== null) this.#shape = shape[1] === '' ? '1' : (shape[1] ?? '0')
    else if (sequence === 'c') this.#reset([])
    else if (sequence === '[!p') this.#reset(['9', '1016'])
  }

  /** What turns a reset terminal's switches to where they are. */
  restore(): string {
    const modes = [...this.#on].map((mode) => `\x1b[?${mode}h`)
    return `${modes.join('')}${this.#shape === '0' ? '' : `\x1b[${this.#shape} q`}`
  }

  #turn(mode: string, on: boolean): void {
    this.#on.delete(ends[mode] ?? mode)
    if (on && tracked.has(mode)) this.#on.add(mode)
  }

  #reset(kept: readonly string[]): void {
    for (const mode of [...this.#on]) if (!kept.includes(mode)) this.#on.delete(mode)
    this.#shape = '0'
  }
}
