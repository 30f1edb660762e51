import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import type { Size } from '../testing/screen.ts'

export type Terminal = InstanceType<typeof headless.Terminal>

/** One thing that happens to a terminal; `reset` takes a size along. */
export type Take =
  | ({ readonly kind: 'reset' | 'resize' } & Size)
  | { readonly kind: 'write'; readonly bytes: Uint8Array }

/** Everything that happened to one viewer's terminal, so that it can be played as often as wanted. */
export type Footage = readonly Take[]

/** A fresh emulator, with the settings of the dashboard's terminal, to which all of it happened. */
export async function play(footage: Footage, title: { current: string }): Promise<Terminal> {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true, scrollback: 10_000 })
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  terminal.onTitleChange((text) => {
    title.current = text
  })
  for (const take of footage) {
    if (take.kind === 'write') await write(terminal, take.bytes)
    else {
      if (take.kind === 'reset') terminal.reset()
      terminal.resize(take.cols, take.rows)
    }
  }
  return terminal
}

export function write(terminal: Terminal, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve))
}

/** The same footage, in which something else was written; the bytes may be spread over several takes. */
export function replaceWritten(footage: Footage, bytes: Buffer, others: Buffer): Footage {
  const joined: Take[] = []
  for (const take of footage) {
    const last = joined.at(-1)
    if (take.kind === 'write' && last?.kind === 'write') {
      joined[joined.length - 1] = { kind: 'write', bytes: Buffer.concat([last.bytes, take.bytes]) }
    } else joined.push(take)
  }
  return joined.map((take) => {
    const at = take.kind === 'write' ? Buffer.from(take.bytes).indexOf(bytes) : -1
    if (take.kind !== 'write' || at === -1) return take
    const after = take.bytes.subarray(at + bytes.length)
    return { kind: 'write', bytes: Buffer.concat([take.bytes.subarray(0, at), others, after]) }
  })
}
