import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Check, CornerDownLeft, Keyboard } from 'lucide-react'
import { type FormEvent, type ReactNode, useRef } from 'react'
import { arrowKey, type CtrlState } from './sticky-keys.ts'
import type { Receipt } from './use-receipt.ts'

export interface KeyBarProps {
  readonly ctrl: CtrlState
  readonly onCtrl: () => void
  readonly onKey: (data: string) => void
  readonly onPaste: () => void
  readonly draft: string
  readonly onDraft: (text: string) => void
  readonly onCompose: (text: string) => void
  readonly onKeyboard: () => void
  /** Whether the program asked for the other kind of arrow keys. */
  readonly isApplicationMode: () => boolean
  readonly receipt: Receipt
}

const repeatAfterMs = 420
const repeatEveryMs = 55
const icon = { className: 'icon', 'aria-hidden': true } as const
const escapeKey = '\x1b'
const interrupt = '\x03'

/** The keys a phone has not; they act when pressed, repeat when held, and leave the focus where it is. */
export function KeyBar(props: KeyBarProps) {
  const { ctrl, onCtrl, onKey, receipt } = props
  const key = (label: string, data: string, face: ReactNode = label) => (
    <Key label={label} onPress={() => onKey(data)} repeats>
      {face}
    </Key>
  )
  const arrow = (label: string, letter: 'A' | 'B' | 'C' | 'D', face: ReactNode) => (
    <Key label={label} onPress={() => onKey(arrowKey(letter, props.isApplicationMode()))} repeats>
      {face}
    </Key>
  )
  const receipted = (label: string, data: string, face: string) => (
    <Key
      label={label}
      onPress={() => {
        receipt.await(data)
        onKey(data)
      }}
      repeats
    >
      {receipt.of === data ? <Check {...icon} /> : face}
    </Key>
  )
  return (
    <div className="key-bar">
      <PhoneCompose {...props} />
      <div className="key-bar-keys" role="toolbar" aria-label="Keys">
        {receipted('Esc', escapeKey, 'Esc')}
        {key('Tab', '\t')}
        <Key label="Ctrl" onPress={onCtrl} pressed={ctrl !== 'off'}>
          {ctrl === 'locked' ? 'Ctrl ●' : 'Ctrl'}
        </Key>
        {receipted('Ctrl C', interrupt, '^C')}
        {arrow('Up', 'A', <ArrowUp {...icon} />)}
        {key('Enter', '\r', <CornerDownLeft {...icon} />)}
        {key('Shift Tab', '\x1b[Z', '⇧Tab')}
        <Key label="Paste" onPress={props.onPaste}>
          Paste
        </Key>
        <Key label="Keyboard" onPress={props.onKeyboard}>
          <Keyboard {...icon} />
        </Key>
        {arrow('Left', 'D', <ArrowLeft {...icon} />)}
        {arrow('Down', 'B', <ArrowDown {...icon} />)}
        {arrow('Right', 'C', <ArrowRight {...icon} />)}
      </div>
      <p className="sr-only" role="status">
        {receipt.of === escapeKey ? 'Esc was taken' : receipt.of === interrupt ? 'Ctrl C was taken' : ''}
      </p>
    </div>
  )
}

/** For dictation and input methods, which need a field of their own. */
function PhoneCompose({ draft, onDraft, onCompose }: KeyBarProps) {
  const send = (event: FormEvent) => {
    event.preventDefault()
    onCompose(draft)
  }
  return (
    <form className="key-bar-compose" onSubmit={send}>
      <input
        className="glass-field"
        value={draft}
        placeholder="Compose"
        aria-label="Compose a message"
        enterKeyHint="send"
        onChange={(event) => onDraft(event.target.value)}
      />
      <button type="submit">Send</button>
    </form>
  )
}

interface KeyProps {
  readonly label: string
  readonly onPress: () => void
  readonly pressed?: boolean
  readonly repeats?: boolean
  readonly children: ReactNode
}

function Key({ label, onPress, pressed, repeats = false, children }: KeyProps) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const press = useRef(onPress)
  press.current = onPress
  const release = () => clearTimeout(timer.current)
  const repeat = () => {
    press.current()
    timer.current = setTimeout(repeat, repeatEveryMs)
  }
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      onPointerDown={(event) => {
        event.preventDefault()
        onPress()
        if (repeats) timer.current = setTimeout(repeat, repeatAfterMs)
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onPress()
      }}
    >
      {children}
    </button>
  )
}
