import { eventually } from '../testing/control-plane-process.ts'
import { type Footage, play, replaceWritten, write } from './footage.ts'
import type { PaneFootage } from './pane-footage.ts'
import { type Probe, probes } from './probes.ts'
import { differencesOf, stateOf } from './terminal-state.ts'
import type { WatchedConsole } from './watched-console.ts'

export interface Reference {
  readonly pane: PaneFootage
  /** What is written before the probes. */
  readonly next: readonly Probe[]
  /** Whether the lines above the screen are compared. */
  readonly above?: boolean
  /** Bytes that count as others. */
  readonly replaced?: { readonly drawn: Buffer; readonly instead: Buffer } | undefined
}

/** What a viewer's terminal shows or does otherwise than one that saw all bytes of the pane; empty when equal. */
export async function differencesFrom(
  moment: string,
  viewer: WatchedConsole,
  { pane, next, replaced, above = true }: Reference,
): Promise<string[]> {
  let differences: string[] = []
  await eventually(
    'the same terminal',
    async () => {
      const reference = await pane.read()
      const wanted = replaced ? replaceWritten(reference, replaced.drawn, replaced.instead) : reference
      differences = await compare(viewer.footage, wanted, [...next, ...probes], above)
      return differences.length === 0
    },
    4000,
  ).catch(() => undefined)
  return differences.map((text) => `${moment}: ${text}`)
}

async function compare(
  shown: Footage,
  wanted: Footage,
  steps: readonly Probe[],
  above: boolean,
): Promise<string[]> {
  const [one, other] = [await sideOf(shown), await sideOf(wanted)]
  try {
    for (const { shows, bytes } of [{ shows: 'the screen', bytes: '' }, ...steps]) {
      await Promise.all([write(one.terminal, bytes), write(other.terminal, bytes)])
      const differences = differencesOf(
        stateOf(one.terminal, one.title.current, above),
        stateOf(other.terminal, other.title.current, above),
      )
      if (differences.length > 0) return differences.slice(0, 12).map((text) => `${shows}: ${text}`)
    }
    return []
  } finally {
    one.terminal.dispose()
    other.terminal.dispose()
  }
}

async function sideOf(footage: Footage) {
  const title = { current: '' }
  return { title, terminal: await play(footage, title) }
}
