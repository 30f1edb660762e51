import { type FormEvent, useState } from 'react'
import { AllowAll } from '../runs/allow-all.tsx'

export interface Message {
  readonly text: string
  readonly allowAll: boolean
}

export interface ComposerProps {
  /** Why nothing can be said now; null when it can. */
  readonly blocked: string | null
  readonly isPending: boolean
  /** Ends what goes on; null while nothing does. */
  readonly onStop: (() => void) | null
  /** Calls `onTaken` when the message was taken. */
  readonly onSend: (message: Message, onTaken: () => void) => void
}

/** The next message: Enter sends, Shift+Enter is a new line; it can be written while the agent works. */
export function Composer({ blocked, isPending, onStop, onSend }: ComposerProps) {
  const [text, setText] = useState('')
  const [allowAll, setAllowAll] = useState(false)
  const cannot = blocked !== null || isPending || onStop !== null || text.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!cannot) onSend({ text, allowAll }, () => setText(''))
  }
  return (
    <form className="task-form composer" onSubmit={submit}>
      <textarea
        rows={2}
        value={text}
        aria-label="Message"
        placeholder="Say something to the agent"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event)
        }}
      />
      <div className="task-form-end">
        <AllowAll isAllowed={allowAll} onChange={setAllowAll} />
        <span className="flex-1" />
        {blocked !== null && <span className="text-ink-3">{blocked}</span>}
        {onStop === null ? (
          <button type="submit" className="button button-primary" disabled={cannot}>
            Send
          </button>
        ) : (
          <button type="button" className="button" onClick={onStop}>
            Stop
          </button>
        )}
      </div>
    </form>
  )
}
