import { type KeyboardEvent, useState } from 'react'

export interface ComposeBoxProps {
  readonly draft: string
  readonly onDraft: (text: string) => void
  /** False when nothing may be typed now; the text stays. */
  readonly onSend: (text: string) => boolean
  readonly onClose: () => void
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent)

/** A text written in peace over the last rows, then sent in one piece. */
export function ComposeBox({ draft, onDraft, onSend, onClose }: ComposeBoxProps) {
  const [isRefused, setRefused] = useState(false)
  const send = () => {
    const isSent = onSend(draft)
    setRefused(!isSent)
    if (!isSent) return
    onDraft('')
    onClose()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter' && (isMac ? event.metaKey : event.ctrlKey) && !event.shiftKey) send()
    else return
    event.preventDefault()
  }
  return (
    <section className="compose-box" aria-label="Compose">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: opened to type into
        autoFocus
        className="glass-field"
        rows={4}
        value={draft}
        aria-label="Message"
        placeholder="Write a message; it is pasted in one piece, then Enter"
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={onKey}
      />
      <div className="compose-actions">
        <span className="flex-1 text-glass-ink-2" role="status">
          {isRefused
            ? 'Take over to send it.'
            : `${isMac ? '⌘↵' : 'Ctrl+Enter'} sends, Esc keeps it for later`}
        </span>
        <button type="button" className="take-over" onClick={send} disabled={!draft}>
          Send
        </button>
      </div>
    </section>
  )
}
