import type { RunState } from '@agent-machines/core'
import type { Shape } from '../../components/state-glyph.tsx'

export interface RunShape {
  readonly glyph: Shape
  readonly word: string
}

/** How a run's state looks; a limit passes by itself, so it has the shape of waiting for time. */
export const runShapes: Readonly<Record<RunState, RunShape>> = {
  starting: { glyph: 'starting', word: 'Starting' },
  running: { glyph: 'busy', word: 'Working' },
  done: { glyph: 'done', word: 'Done' },
  failed: { glyph: 'failed', word: 'Failed' },
  'limit-reached': { glyph: 'limited', word: 'Limit reached' },
  'budget-reached': { glyph: 'exited', word: 'Budget used up' },
  'timed-out': { glyph: 'exited', word: 'Timed out' },
  cancelled: { glyph: 'exited', word: 'Cancelled' },
}
