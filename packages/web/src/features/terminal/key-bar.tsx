import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, CornerDownLeft, Keyboard } from 'lucide-react'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import type { CtrlState } from './sticky-keys.ts'

export interface KeyBarProps {
  readonly ctrl: CtrlState
  readonly onCtrl: () => void
  readonly onKey: (data: string) => void
  readonly onPaste: () => void
  readonly onCompose: (text: string) => void
  readonly onKeyboard: () => void
}

const repeatAfterMs = 420
const repeatEveryMs = 55
const icon = { className: 'icon', 'aria-hidden': true } as const

/** The keys a phone has not; they act when pressed, repeat when held, and leave the focus where it is. */
export function KeyBar({ ctrl, onCtrl, onKey, onPaste, onCompose, onKeyboard }: KeyBarProps) {
  const [text, setText] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    onCompose(text)
    setText('')
  }
  const key = (label: string, data: string, face: ReactNode = label) => (
    <Key label={label} onPress={() => onKey(data)} repeats>
      {face}
    </Key>
  )
  return (
    <div className="key-bar">
      <form className="key-bar-compose" onSubmit={send}>
        <input
          className="glass-field"
          value={text}
          placeholder="Compose"
          aria-label="Compose a message"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit">Send</button>
      </form>
      <div className="key-bar-keys" role="toolbar" aria-label="Keys">
        {key('Esc', '\x1b')}
        {key('Tab', '\t')}
        <Key label="Ctrl" onPress={onCtrl} pressed={ctrl !== 'off'}>
          {ctrl === 'locked' ? 'Ctrl ●' : 'Ctrl'}
        </Key>
        {key('Ctrl C', '\x03', '^C')}
        {key('Up', '\x1b[A', <ArrowUp {...icon} />)}
        {key('Enter', '\r', <CornerDownLeft {...icon} />)}
        {key('Shift Tab', '\x1b[Z', '⇧Tab')}
        <Key label="Paste" onPress={onPaste}>
          Paste
        </Key>
        <Key label="Keyboard" onPress={onKeyboard}>
          <Keyboard {...icon} />
        </Key>
        {key('Left', '\x1b[D', <ArrowLeft {...icon} />)}
        {key('Down', '\x1b[B', <ArrowDown {...icon} />)}
        {key('Right', '\x1b[C', <ArrowRight {...icon} />)}
      </div>
    </div>
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
  const release = () => clearTimeout(timer.current)
  const repeat = () => {
    onPress()
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
