import type { BootstrapPhase } from '@agent-machines/core'
import type { Shape } from '../../components/state-glyph.tsx'

/** The sign of a phase. */
export function phaseShape(state: BootstrapPhase['state']): Shape {
  switch (state) {
    case 'running':
      return 'busy'
    case 'done':
      return 'done'
    case 'failed':
      return 'failed'
    case 'skipped':
      return 'off'
    case 'pending':
      return 'pending'
  }
}
