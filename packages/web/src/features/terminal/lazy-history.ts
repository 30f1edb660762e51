import type { ConsoleConnection } from '@agent-machines/client'
import { historyLines } from '@agent-machines/core'
import type { MountedTerminal } from './create-terminal.ts'

/** Older lines of a console, loaded when they are wanted. */
export interface LazyHistory {
  /** Loads all there is, for a search. */
  loadAll(): void
  dispose(): void
}

const stepLines = 2000

/** Loads older lines once the top of those that are here is reached, and keeps the reader's place. */
export function followHistory(
  { terminal, console: shown }: MountedTerminal,
  connection: ConsoleConnection,
): LazyHistory {
  let held = 0
  let available = 0
  let asked = 0
  let linesBelow = 0
  const load = (lines: number) => {
    const wanted = Math.min(lines, historyLines.max)
    if (held >= available || held >= wanted || asked >= wanted) return
    asked = wanted
    connection.loadHistory(wanted)
  }
  const endings = [
    connection.on('snapshot', ({ history, historyAvailable, reason }) => {
      held = history ?? 0
      available = historyAvailable ?? 0
      const { baseY, viewportY } = terminal.buffer.active
      linesBelow = reason === 'restarted' ? 0 : baseY - viewportY
    }),
    terminal.onScroll(() => {
      const { type, baseY, viewportY } = terminal.buffer.active
      if (type === 'normal' && viewportY === 0 && baseY > 0) load(held + stepLines)
    }),
  ]
  shown.snapshotShown = () => {
    if (linesBelow > 0) terminal.scrollToLine(Math.max(0, terminal.buffer.active.baseY - linesBelow))
  }
  return {
    loadAll: () => load(historyLines.max),
    dispose: () => {
      for (const ending of endings) {
        if (typeof ending === 'function') ending()
        else ending.dispose()
      }
    },
  }
}
