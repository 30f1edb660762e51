import { Link } from '@tanstack/react-router'
import { Keyboard, Maximize, Minimize, Plus, Search, SquareChevronRight } from 'lucide-react'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { pillOf } from './connection-pill.ts'
import { type ConsoleStatus, isWatching } from './console-status.ts'
import type { SessionTab } from './session-names.ts'

export interface ConsoleBarProps {
  readonly machineId: string
  readonly session: string
  readonly tabs: readonly SessionTab[]
  readonly newSession: string
  readonly status: ConsoleStatus
  readonly isFull: boolean
  readonly isSearching: boolean
  readonly canRun: boolean
  readonly isRunning: boolean
  readonly flash: boolean
  readonly onTakeOver: () => void
  readonly onSearch: () => void
  readonly onRun: () => void
  readonly onFull: () => void
}

export function ConsoleBar(props: ConsoleBarProps) {
  const { machineId, session, tabs, status } = props
  const pill = pillOf(status.state, status.stats, status.slow)
  const transport = status.state.state === 'live' ? ` over ${transportNames[status.state.transport]}` : ''
  return (
    <div className="glass-bar" role="toolbar" aria-label="Console">
      <div className="glass-tabs">
        {tabs.map(({ name, label }) => (
          <Link
            key={name}
            to="/dashboard/machines/$id/terminal"
            params={{ id: machineId }}
            search={name === 'agent' ? {} : { session: name }}
            activeOptions={{ exact: true }}
            className="glass-tab"
            aria-current={name === session ? 'true' : undefined}
          >
            {label}
          </Link>
        ))}
        <Link
          to="/dashboard/machines/$id/terminal"
          params={{ id: machineId }}
          search={{ session: props.newSession }}
          className="button button-quiet button-icon"
          aria-label="New console"
          title="New console"
        >
          <Plus className="icon" aria-hidden="true" />
        </Link>
      </div>
      <DriverWords status={status} flash={props.flash} onTakeOver={props.onTakeOver} />
      <span className="pill" title={`Keydown to echo, measured${transport}`}>
        <StateGlyph shape={pill.shape} />
        {pill.text}
      </span>
      <span className="glass-separator wide-only" />
      {props.canRun && (
        <BarButton label="Run one command" pressed={props.isRunning} onClick={props.onRun}>
          <SquareChevronRight className="icon" aria-hidden="true" />
        </BarButton>
      )}
      <BarButton label="Search the scrollback" pressed={props.isSearching} onClick={props.onSearch}>
        <Search className="icon" aria-hidden="true" />
      </BarButton>
      <BarButton
        label={props.isFull ? 'Leave full window' : 'Full window'}
        pressed={props.isFull}
        onClick={props.onFull}
      >
        {props.isFull ? (
          <Minimize className="icon" aria-hidden="true" />
        ) : (
          <Maximize className="icon" aria-hidden="true" />
        )}
      </BarButton>
    </div>
  )
}

const transportNames = { ws: 'WebSocket', sse: 'requests and an event stream', poll: 'polling' } as const

function DriverWords({
  status,
  flash,
  onTakeOver,
}: {
  status: ConsoleStatus
  flash: boolean
  onTakeOver: () => void
}) {
  if (isWatching(status)) {
    return (
      <>
        <span className="pill wide-only">Watching. {status.driver?.label ?? 'Somebody else'} drives</span>
        <button type="button" className="take-over" data-flash={flash} onClick={onTakeOver}>
          Take over
        </button>
      </>
    )
  }
  if (!status.mine || status.viewers <= 1) return null
  return (
    <span className="pill wide-only" title="You type and set the size.">
      <Keyboard className="icon" aria-hidden="true" />
      You drive, {status.viewers - 1} watching
    </span>
  )
}

interface BarButtonProps {
  readonly label: string
  readonly pressed: boolean
  readonly onClick: () => void
  readonly children: React.ReactNode
}

function BarButton({ label, pressed, onClick, children }: BarButtonProps) {
  return (
    <button
      type="button"
      className="button button-quiet button-icon"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </button>
  )
}
