import type { ConsoleConnection } from '@agent-machines/client'
import { play, type Take } from '../fidelity/footage.ts'
import { differencesOf, stateOf } from '../fidelity/terminal-state.ts'

/** What a connection was shown, to be played again. */
export class Watcher {
  readonly name: string
  readonly connection: ConsoleConnection
  readonly #takes: Take[] = []

  constructor(name: string, connection: ConsoleConnection) {
    this.name = name
    this.connection = connection
    connection.on('snapshot', ({ bytes, cols, rows }) => {
      this.#takes.splice(0, this.#takes.length, { kind: 'reset', cols, rows }, { kind: 'write', bytes })
    })
    connection.on('output', (bytes) => this.#takes.push({ kind: 'write', bytes }))
    connection.on('resize', (size) => this.#takes.push({ kind: 'resize', ...size }))
  }

  /** How the screen differs from one that was fed with all of `said`; empty when it does not. */
  async differences(said: Uint8Array): Promise<string[]> {
    const size = { cols: 80, rows: 24 }
    const wanted = await stateAfter([
      { kind: 'reset', ...size },
      { kind: 'write', bytes: said },
    ])
    const shown = await stateAfter(this.#takes)
    return differencesOf(shown, wanted).map((difference) => `${this.name}: ${difference}`)
  }
}

/** With a letter more, which shows the pen that is held. */
async function stateAfter(takes: readonly Take[]): Promise<ReadonlyMap<string, string>> {
  const terminal = await play([...takes, { kind: 'write', bytes: Buffer.from('P') }], { current: '' })
  try {
    return stateOf(terminal, '', false)
  } finally {
    terminal.dispose()
  }
}
