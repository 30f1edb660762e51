import type { ConsoleStatus } from './console-status.ts'

/** Stands below the bar while the connection is tried again; the screen stays as it was. */
export function Reconnecting({ status, onTry }: { status: ConsoleStatus; onTry: () => void }) {
  if (status.state.state !== 'reconnecting' || status.state.attempt <= 1) return null
  return (
    <div className="glass-line">
      <span className="flex-1">The connection broke. Keys are kept and sent once you are back.</span>
      <button type="button" className="button" onClick={onTry}>
        Try now
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
