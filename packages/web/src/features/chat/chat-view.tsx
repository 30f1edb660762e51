import type { Run } from '@agent-machines/core'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { Composer, type ComposerProps } from './composer.tsx'
import type { Conversation } from './conversations.ts'

export interface ChatViewProps extends ComposerProps {
  /** Undefined until they were read. */
  readonly conversations: readonly Conversation[] | undefined
  /** Null for one that nobody has begun. */
  readonly current: Conversation | null
  readonly readError: unknown
  /** Of the last message or stop. */
  readonly actionError: unknown
  readonly onRetry: () => void
  /** With the id of a conversation; null begins a new one. */
  readonly onOpen: (id: string | null) => void
  /** How messages reach the agent. */
  readonly how: ReactNode
  readonly turn: (run: Run) => ReactNode
}

const shownAtFirst = 20

/** A conversation with the agent, to be read and gone on with. */
export function ChatView(props: ChatViewProps) {
  const { conversations, current, readError, actionError, onOpen } = props
  const [shown, setShown] = useState(shownAtFirst)
  const runs = current?.runs.slice(-shown) ?? []
  const isMore = (current?.runs.length ?? 0) > shown
  return (
    <div className="chat">
      <div className="chat-bar">
        {props.how}
        <span className="flex-1" />
        {conversations && conversations.length > 0 && (
          <>
            <label className="chat-which">
              <span className="sr-only">Conversation</span>
              <select
                className="field"
                value={current?.id ?? ''}
                onChange={(event) => onOpen(event.target.value || null)}
              >
                {current === null && <option value="">New conversation</option>}
                {conversations.map(({ id, runs: [first] }) => (
                  <option key={id} value={id}>
                    {first?.task.slice(0, 60)}
                  </option>
                ))}
              </select>
            </label>
            <button
              type="button"
              className="button button-small"
              disabled={current === null}
              onClick={() => onOpen(null)}
            >
              New
            </button>
          </>
        )}
      </div>
      <Following key={current?.id}>
        {readError !== null && (
          <Failure error={readError} what="The conversations could not be read." onRetry={props.onRetry} />
        )}
        {!conversations && readError === null && <Loading words="Asking for its conversations…" rows={3} />}
        {conversations && current === null && (
          <p className="chat-empty text-ink-3">
            Nothing said yet. The agent goes on working when you close this page.
          </p>
        )}
        {isMore && (
          <button
            type="button"
            className="button button-small"
            onClick={() => setShown((all) => all + shownAtFirst)}
          >
            Show earlier messages
          </button>
        )}
        <ol className="turns">{runs.map(props.turn)}</ol>
      </Following>
      {actionError !== null && <Failure error={actionError} what="That did not work." />}
      <Composer
        blocked={props.blocked}
        isPending={props.isPending}
        onStop={props.onStop}
        onSend={props.onSend}
      />
    </div>
  )
}

/** Begins at its end and stays there while more comes, unless somebody reads further up. */
function Following({ children }: { children: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const [outer, content] = [scroller.current, inner.current]
    if (!outer || !content) return
    let isAtEnd = true
    const follow = () => {
      if (isAtEnd) outer.scrollTop = outer.scrollHeight
    }
    const look = () => {
      isAtEnd = outer.scrollHeight - outer.scrollTop - outer.clientHeight < 48
    }
    const growth = new ResizeObserver(follow)
    growth.observe(content)
    outer.addEventListener('scroll', look)
    follow()
    return () => {
      growth.disconnect()
      outer.removeEventListener('scroll', look)
    }
  }, [])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the keyboard
    <div className="chat-scroll" ref={scroller} role="log" aria-label="Conversation" tabIndex={0}>
      <div className="chat-inner" ref={inner}>
        {children}
      </div>
    </div>
  )
}
