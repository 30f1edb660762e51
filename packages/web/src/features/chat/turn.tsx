import { describeRunEnd, describeRunUsage, isRunOver, type Run } from '@agent-machines/core'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { runShapes } from '../runs/run-shape.ts'
import type { RunEvents } from '../runs/use-run-events.ts'
import { Markdown } from './markdown.tsx'
import { type TurnBlock, textOfError, turnBlocksOf } from './turn-blocks.ts'

export interface TurnProps {
  readonly run: Run
  readonly read: RunEvents
}

/** A message and what the agent did with it. */
export function Turn({ run, read }: TurnProps) {
  const { glyph, word } = runShapes[run.state]
  const why = describeRunEnd(run)
  const blocks = turnBlocksOf(read.events)
  const lastError = textOfError(blocks.at(-1))
  // Why it ended may be told by its last error in full, or tell that in turn.
  const isErrorTold = lastError !== null && lastError !== why && why?.includes(lastError)
  return (
    <li className="turn">
      <p className="turn-asked">
        <span className="sr-only">You: </span>
        {run.task}
      </p>
      {(isErrorTold ? blocks.slice(0, -1) : blocks).map((block) => (
        <Block key={block.key} block={block} />
      ))}
      {read.error !== null && <Failure error={read.error} what="What it did could not be read." />}
      {run.state !== 'done' && (
        <p className={`turn-state word-${glyph}`}>
          <StateGlyph shape={glyph} />
          {word}
          {why !== null && why !== lastError && <span className="font-normal text-ink-2">{why}</span>}
        </p>
      )}
      {isRunOver(run.state) && run.usage && (
        <p className="turn-state text-ink-3">
          {describeRunUsage(run.usage)}
          {run.via === 'gateway' && <span>through the gateway</span>}
        </p>
      )}
    </li>
  )
}

function Block({ block }: { block: TurnBlock }) {
  switch (block.kind) {
    case 'message':
      return <Markdown text={block.text} />
    case 'thinking':
      return (
        <details className="turn-more">
          <summary>
            <span>Thought</span>
            <span className="cut">{firstLine(block.text)}</span>
          </summary>
          <p className="turn-thought">{block.text}</p>
        </details>
      )
    case 'tool':
      return (
        <details className="turn-more">
          <summary>
            <span className={block.isError ? 'text-bad' : undefined}>{block.name}</span>
            <code className="cut">{block.about}</code>
            {block.output === null && <StateGlyph shape="busy" />}
          </summary>
          <pre>{block.input}</pre>
          {block.output !== null && <pre>{block.output === '' ? '(printed nothing)' : block.output}</pre>}
        </details>
      )
    case 'error':
      return <p className="text-bad">{block.text}</p>
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? ''
}
