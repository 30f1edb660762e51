import {
  AArrowDown,
  AArrowUp,
  type LucideIcon,
  Maximize,
  Minimize,
  Paperclip,
  Search,
  SquareChevronRight,
  SquarePen,
} from 'lucide-react'
import { useRef } from 'react'
import { ConnectionPill } from './connection-pill.tsx'
import { type ConsoleStatus, isWatching } from './console-status.ts'
import { DriverWords } from './driver-words.tsx'
import { SessionLinks, type SessionLinksProps } from './session-links.tsx'

export interface ConsoleBarProps extends SessionLinksProps {
  readonly status: ConsoleStatus
  readonly flash: boolean
  readonly isFull: boolean
  readonly isSearching: boolean
  readonly isComposing: boolean
  readonly isRunning: boolean
  readonly canRun: boolean
  readonly onTakeOver: () => void
  readonly onSearch: () => void
  readonly onCompose: () => void
  readonly onFiles: (files: Iterable<File>) => void
  readonly onRun: () => void
  readonly onFull: () => void
  /** Missing at the end of the scale. */
  readonly onSmaller: (() => void) | undefined
  readonly onLarger: (() => void) | undefined
}

/** Consoles, who drives, how the connection stands, and what can be done here. */
export function ConsoleBar(props: ConsoleBarProps) {
  const { status } = props
  const isDriving = !isWatching(status)
  return (
    <div className="glass-bar" role="toolbar" aria-label="Console">
      <SessionLinks {...props} />
      <DriverWords status={status} flash={props.flash} onTakeOver={props.onTakeOver} />
      <ConnectionPill status={status} />
      <span className="glass-separator wide-only" />
      {isDriving && (
        <>
          <BarButton label="Smaller letters" icon={AArrowDown} onClick={props.onSmaller} wide />
          <BarButton label="Larger letters" icon={AArrowUp} onClick={props.onLarger} wide />
        </>
      )}
      {props.canRun && (
        <BarButton
          label="Run one command"
          icon={SquareChevronRight}
          pressed={props.isRunning}
          onClick={props.onRun}
          wide
        />
      )}
      <BarButton
        label="Search the scrollback"
        icon={Search}
        pressed={props.isSearching}
        onClick={props.onSearch}
        wide
      />
      {isDriving && (
        <BarButton
          label="Compose"
          icon={SquarePen}
          pressed={props.isComposing}
          onClick={props.onCompose}
          wide
        />
      )}
      {isDriving && <FileButton onFiles={props.onFiles} />}
      <BarButton
        label={props.isFull ? 'Leave full window' : 'Full window'}
        icon={props.isFull ? Minimize : Maximize}
        pressed={props.isFull}
        onClick={props.onFull}
      />
    </div>
  )
}

function FileButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <BarButton label="Put a file on the machine" icon={Paperclip} onClick={() => picker.current?.click()} />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files for the machine"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}

interface BarButtonProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly pressed?: boolean
  readonly onClick: (() => void) | undefined
  /** Left out where the window is narrow. */
  readonly wide?: boolean
}

function BarButton({ label, icon: Icon, pressed, onClick, wide = false }: BarButtonProps) {
  return (
    <button
      type="button"
      className={`button button-quiet button-icon${wide ? ' wide-only' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={!onClick}
      onClick={onClick}
    >
      <Icon className="icon" aria-hidden="true" />
    </button>
  )
}
