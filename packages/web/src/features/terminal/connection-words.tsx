import { factsOf } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import type { ConsoleStatus } from './console-status.ts'

/** Stands below the bar while there is no connection; the screen stays as it was. */
export function Reconnecting({ status, onTry }: { status: ConsoleStatus; onTry: () => void }) {
  const { state, stats } = status
  const keys = stats.keysInFlight
  const kept = keys === 0 ? 'What you type is' : `${keys} ${keys === 1 ? 'key' : 'keys'}`
  if (state.state === 'offline') {
    return (
      <div className="glass-line">
        <StateGlyph shape="idle" />
        <span className="flex-1">Offline. {kept} kept, sent once you are back.</span>
      </div>
    )
  }
  if (state.state !== 'reconnecting' || state.attempt <= 1) return null
  return (
    <div className="glass-line">
      <StateGlyph shape="busy" />
      <span className="flex-1">The connection broke. {kept} kept, sent once you are back.</span>
      <button type="button" className="button" onClick={onTry}>
        Try now
      </button>
    </div>
  )
}

/** What is wrong while the console still stands. */
export function ProblemLine({ status, onForget }: { status: ConsoleStatus; onForget: () => void }) {
  if (!status.problem || status.state.state === 'ended') return null
  const { detail, hint } = factsOf(status.problem)
  return (
    <div className="glass-line" role="alert">
      <StateGlyph shape="failed" />
      <span className="flex-1">
        {detail} {hint}
      </span>
      <button type="button" className="button button-quiet button-small" onClick={onForget}>
        Forget it
      </button>
    </div>
  )
}

/** Connection lost and regained, each said once; and which key leaves the terminal. */
export function Announcer({
  name,
  status,
  readyIn,
}: {
  name: string
  status: ConsoleStatus
  readyIn: string | undefined
}) {
  const { state } = status.state
  const words =
    state === 'live'
      ? `${readyIn ? `${name} is ready in ${readyIn}. ` : ''}The console of ${name} is live. Ctrl Shift Up, or Command Up on a Mac, leaves it.`
      : state === 'reconnecting' || state === 'offline'
        ? 'The connection is lost.'
        : ''
  return (
    <p className="sr-only" aria-live="assertive">
      {words}
    </p>
  )
}
