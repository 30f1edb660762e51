import { Eye, Keyboard } from 'lucide-react'
import { type ConsoleStatus, isWatching } from './console-status.ts'

export interface DriverWordsProps {
  readonly status: ConsoleStatus
  readonly flash: boolean
  readonly onTakeOver: () => void
}

/** Who types here, and how many look on. */
export function DriverWords({ status, flash, onTakeOver }: DriverWordsProps) {
  const { size, driver, viewers } = status
  if (isWatching(status)) {
    const grid = size ? `, ${size.cols} × ${size.rows}` : ''
    return (
      <>
        <span className="pill pill-watching">
          <Eye className="icon" aria-hidden="true" />
          <span>
            Watching
            <span className="wide-only">
              . {driver?.label || 'Somebody else'} drives{grid}
            </span>
          </span>
        </span>
        <button type="button" className="take-over" data-flash={flash} onClick={onTakeOver}>
          Take over
        </button>
        <span className="glass-separator wide-only" />
      </>
    )
  }
  if (!status.mine || viewers <= 1) return null
  return (
    <>
      <span className="pill wide-only" title="You type and set the size.">
        <Keyboard className="icon" aria-hidden="true" />
        You drive, {viewers - 1} watching
      </span>
      <span className="glass-separator wide-only" />
    </>
  )
}
