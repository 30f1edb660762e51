import type { Bootstrap, BootstrapPhase } from '@agent-machines/core'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { phaseShape } from '../bootstrap/phase-shape.ts'
import { formatMoment, formatSpan } from '../machines/format-age.ts'

export interface BootstrapChartProps {
  readonly bootstrap: Bootstrap
  readonly createdAt: string
  readonly nowMs: number
}

/** How a machine was set up, each phase where it lay in time. */
export function BootstrapChart({ bootstrap, createdAt, nowMs }: BootstrapChartProps) {
  const { phases } = bootstrap
  if (phases.length === 0) return null
  const span = spanOf(phases)
  return (
    <section className="panel">
      <h2 className="panel-head">
        How it was set up
        <span className="font-text text-ink-3">
          {formatMoment(createdAt, nowMs)}
          {span && bootstrap.state === 'done' ? `, in ${formatSpan(span.endMs - span.startMs)}` : ''}
        </span>
      </h2>
      <ol className="chart">
        {phases.map((phase) => (
          <li key={phase.id}>
            <StateGlyph shape={phaseShape(phase.state)} />
            <span className="cut">{phase.label}</span>
            <span className="chart-line" aria-hidden="true">
              {span && <i style={barOf(phase, span)} />}
            </span>
            <span className="tabular text-right text-ink-3">{timeOf(phase)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

interface Span {
  readonly startMs: number
  readonly endMs: number
}

function spanOf(phases: readonly BootstrapPhase[]): Span | null {
  const starts = phases.flatMap((phase) => (phase.startedAt ? [Date.parse(phase.startedAt)] : []))
  const ends = phases.flatMap((phase) => (phase.finishedAt ? [Date.parse(phase.finishedAt)] : []))
  if (starts.length === 0 || ends.length === 0) return null
  return { startMs: Math.min(...starts), endMs: Math.max(...ends) }
}

function barOf(phase: BootstrapPhase, span: Span): { marginLeft: string; width: string } {
  const whole = Math.max(1, span.endMs - span.startMs)
  const startMs = phase.startedAt ? Date.parse(phase.startedAt) : span.startMs
  const endMs = phase.finishedAt ? Date.parse(phase.finishedAt) : startMs
  const percent = (ms: number) => `${((ms / whole) * 100).toFixed(2)}%`
  return { marginLeft: percent(startMs - span.startMs), width: percent(endMs - startMs) }
}

function timeOf(phase: BootstrapPhase): string {
  if (!phase.startedAt || !phase.finishedAt) return phase.state === 'skipped' ? 'skipped' : ''
  return formatSpan(Date.parse(phase.finishedAt) - Date.parse(phase.startedAt))
}
