import {
  describeRunEnd,
  describeRunEvent,
  describeRunUsage,
  isRunOver,
  type Run,
  type StoredRunEvent,
} from '@agent-machines/core'
import { Age } from '../../components/age.tsx'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { runShapes } from './run-shape.ts'
import type { RunEvents } from './use-run-events.ts'

export interface RunRowProps {
  readonly run: Run
  /** What it did; null while it is closed. */
  readonly read: RunEvents | null
  readonly onOpen: () => void
  readonly onCancel: () => void
}

/** One run: its state and its task, and below, once opened, everything it did. */
export function RunRow({ run, read, onOpen, onCancel }: RunRowProps) {
  const { glyph, word } = runShapes[run.state]
  const isOver = isRunOver(run.state)
  const why = describeRunEnd(run)
  return (
    <li className="run">
      <div className="run-head">
        <button type="button" aria-expanded={read !== null} onClick={onOpen}>
          <StateGlyph shape={glyph} />
          <span className={`word-${glyph}`}>{word}</span>
          <span className="cut">{run.task.split('\n')[0]}</span>
          <span className="run-age text-ink-3">
            <Age since={run.createdAt} />
          </span>
        </button>
        {!isOver && (
          <button
            type="button"
            className="button button-small"
            disabled={run.cancelRequested}
            onClick={onCancel}
          >
            {run.cancelRequested ? 'Cancelling…' : 'Cancel'}
          </button>
        )}
      </div>
      {read !== null && (
        <div className="run-body">
          {why !== null && <p>{why}</p>}
          <Log events={read.events} isOver={isOver} />
          {read.error !== null && <Failure error={read.error} what="What it did could not be read." />}
          {run.usage && <p className="text-ink-3">{describeRunUsage(run.usage)}</p>}
        </div>
      )}
    </li>
  )
}

function Log({ events, isOver }: { events: readonly StoredRunEvent[]; isOver: boolean }) {
  if (events.length === 0) return <p className="text-ink-3">{isOver ? '' : 'Nothing yet.'}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the keyboard
    <ol className="run-log" tabIndex={0} aria-label="What it did">
      {events.map((event) => (
        <Line key={event.seq} event={event} />
      ))}
    </ol>
  )
}

/** What the agent says stands in full, everything else on one line. */
function Line({ event }: { event: StoredRunEvent }) {
  if (event.event === 'message' && event.data.parent === undefined)
    return <li className="run-message">{event.data.text}</li>
  const words = event.event === 'end' ? null : describeRunEvent(event)
  return words === null ? null : <li className="cut text-ink-3">{words}</li>
}
