import type { BootstrapPhase, Machine } from '@agent-machines/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useNow } from '../../components/age.tsx'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { formatSpan } from '../machines/format-age.ts'
import { PhaseFailure } from './phase-failure.tsx'
import { phaseShape } from './phase-shape.ts'
import { isSlow, setupPhases } from './setup-phases.ts'
import { linesOf, type Transcript } from './transcript.ts'

export interface BootstrapViewProps {
  readonly machine: Machine
  readonly transcript: Transcript
  readonly onRetry: (() => void) | undefined
  readonly isPending: boolean
  /** What such a setup takes at the median; null when too few are known. */
  readonly usualMs?: number | null
  readonly cancel?: ReactNode
}

/** When this setup began: that of a machine that was set up before begins with its first phase. */
function beganMs({ createdAt, lastActivityAt }: Machine, phases: readonly BootstrapPhase[]): number {
  const created = Date.parse(createdAt)
  if (lastActivityAt === createdAt) return created
  const starts = phases.flatMap(({ startedAt }) => (startedAt ? [Date.parse(startedAt)] : []))
  return starts.length === 0 ? created : Math.min(...starts)
}

/** The transcript on glass, and beside it what is done and what still comes. */
export function BootstrapView(props: BootstrapViewProps) {
  const { machine, transcript, onRetry, isPending, usualMs = null, cancel } = props
  const phases = setupPhases(machine, transcript.phases)
  const failed = phases.find((phase) => phase.state === 'failed' && phase.error)
  const core = phases.filter((phase) => phase.group === 'core')
  const extra = phases.filter((phase) => phase.group === 'extra')
  const startMs = beganMs(machine, phases)
  return (
    <div className="bootstrap">
      <TranscriptScreen phases={phases} transcript={transcript} startMs={startMs} />
      <aside className="plan" aria-label="Progress">
        {failed ? (
          <PhaseFailure phase={failed} onRetry={onRetry} isPending={isPending} />
        ) : machine.state === 'failed' ? (
          <div className="note note-bad" role="alert">
            <StateGlyph shape="failed" />
            <div>
              <b>{machine.stateDetail ?? 'The machine failed.'}</b>
              <p>{machine.stateReason}</p>
            </div>
          </div>
        ) : (
          <Elapsed startMs={startMs} usualMs={usualMs} />
        )}
        {transcript.error !== null && (
          <Failure error={transcript.error} what="The transcript can’t be followed." />
        )}
        <Phases title="Needed to start" phases={core} />
        <Phases title="After that, in the background" phases={extra} />
        {!failed && machine.state !== 'failed' && (
          <p className="plan-note">
            You can close this page. The steps run on the machine and go on without it.
          </p>
        )}
        {cancel}
      </aside>
    </div>
  )
}

function Elapsed({ startMs, usualMs }: { startMs: number; usualMs: number | null }) {
  const nowMs = useNow(1000)
  const elapsedMs = Math.max(0, nowMs - startMs)
  const seconds = Math.floor(elapsedMs / 1000)
  return (
    <>
      <p className="elapsed tabular">
        <b>{seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`}</b>{' '}
        {usualMs !== null && <span className="text-ink-3">usually {formatSpan(usualMs)}</span>}
      </p>
      <p className="text-ink-2" role="status">
        {isSlow(elapsedMs, usualMs) && 'Slower than usual. It goes on.'}
      </p>
    </>
  )
}

function Phases({ title, phases }: { title: string; phases: readonly BootstrapPhase[] }) {
  if (phases.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <ol>
        {phases.map((phase) => (
          <li key={phase.id} data-state={phase.state}>
            <StateGlyph shape={phaseShape(phase.state)} />
            <span>{phase.label}</span>
            <span className="tabular text-ink-3">{spanOf(phase)}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

function TranscriptScreen({
  phases,
  transcript,
  startMs,
}: {
  phases: readonly BootstrapPhase[]
  transcript: Transcript
  startMs: number
}) {
  const screen = useRef<HTMLPreElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line scrolls the end into view
  useEffect(() => {
    const element = screen.current
    if (!element) return
    const isNearEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 120
    if (isNearEnd) element.scrollTop = element.scrollHeight
  }, [transcript])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the keyboard
    <pre className="screen" ref={screen} tabIndex={0} role="log" aria-label="Transcript of the setup">
      {phases
        .filter((phase) => phase.state !== 'pending')
        .map((phase) => (
          <span key={phase.id} className="block pb-4">
            <Seconds at={phase.startedAt} startMs={startMs} />
            <span className="screen-phase">{phase.label}</span>
            {'\n'}
            {linesOf(transcript, phase.id).map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
              <span key={index} className="screen-line">
                {line || ' '}
              </span>
            ))}
            <PhaseEnd phase={phase} startMs={startMs} />
          </span>
        ))}
    </pre>
  )
}

function PhaseEnd({ phase, startMs }: { phase: BootstrapPhase; startMs: number }) {
  if (phase.state === 'running') return <span className="screen-caret"> </span>
  const words = { done: 'done', failed: 'failed', skipped: 'skipped', pending: '' } as const
  return (
    <>
      <Seconds at={phase.finishedAt} startMs={startMs} />
      <span className={`screen-${phase.state}`}>{words[phase.state]}</span>{' '}
      <span className="screen-dim">{spanOf(phase)}</span>
    </>
  )
}

function Seconds({ at, startMs }: { at: string | undefined; startMs: number }) {
  const seconds = at ? Math.max(0, (Date.parse(at) - startMs) / 1000).toFixed(1) : ''
  return <span className="screen-dim">{seconds.padStart(4, '0').padEnd(6)}</span>
}

function spanOf(phase: BootstrapPhase): string {
  if (!phase.startedAt || !phase.finishedAt) return ''
  return formatSpan(Date.parse(phase.finishedAt) - Date.parse(phase.startedAt))
}
