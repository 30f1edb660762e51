import type { Machine } from '@agent-machines/core'
import { displayStateOf } from '../features/machines/display-state.ts'
import { Age } from './age.tsx'
import { StateGlyph } from './state-glyph.tsx'

/** Shape, word and how long: a machine's state as it stands in rows and heads. */
export function StateMark({ machine, glyph = true }: { machine: Machine; glyph?: boolean }) {
  const state = displayStateOf(machine)
  return (
    <span className="state">
      {glyph && <StateGlyph shape={state.glyph} />}
      <span className={`word-${state.glyph}`}>{state.word}</span>
      {(state.extra || state.since) && (
        <span className="state-time cut">{state.extra ?? <Age since={state.since ?? ''} />}</span>
      )}
    </span>
  )
}
