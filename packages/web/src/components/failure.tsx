import { errorCatalog, isAgentMachinesError } from '@agent-machines/core'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import { StateGlyph } from './state-glyph.tsx'

export interface FailureProps {
  readonly error: unknown
  /** What could not be done: `The fleet could not be read.` */
  readonly what: string
  readonly onRetry?: (() => void) | undefined
  readonly children?: ReactNode
}

/** What happened, whose it is, whether it passes, what to do next; placed where the thing failed. */
export function Failure({ error, what, onRetry, children }: FailureProps) {
  const facts = factsOf(error)
  return (
    <div className="note note-bad" role="alert">
      <StateGlyph shape="failed" />
      <div>
        <b>{what}</b>
        <p>
          {facts.detail} {facts.passes}
        </p>
        <p>{facts.hint}</p>
        {children}
        <div className="note-actions">
          {onRetry && facts.retry !== 'never' && (
            <button type="button" className="button button-small" onClick={onRetry}>
              Try again
            </button>
          )}
          <CopyButton text={reportOf(what, facts)} label="Copy report" />
        </div>
      </div>
    </div>
  )
}

export interface FailureFacts {
  readonly code: string
  readonly detail: string
  readonly hint: string
  readonly retry: 'never' | 'after-fix' | 'later'
  readonly passes: string
  readonly requestId: string | null
}

/** What is known about an error; anything that is not ours counts as ours to explain. */
export function factsOf(error: unknown): FailureFacts {
  if (!isAgentMachinesError(error)) {
    const detail = error instanceof Error ? error.message : String(error)
    const { hint, retry } = errorCatalog.INTERNAL
    return { code: 'INTERNAL', detail, hint, retry, passes: '', requestId: null }
  }
  const { retry, hint } = error.entry
  const requestId = error.details['requestId']
  return {
    code: error.code,
    detail: error.message,
    hint,
    retry,
    passes: retry === 'later' ? 'It usually passes by itself.' : '',
    requestId: typeof requestId === 'string' ? requestId : null,
  }
}

function reportOf(what: string, facts: FailureFacts): string {
  const lines = [what, facts.detail, `code: ${facts.code}`]
  if (facts.requestId) lines.push(`request: ${facts.requestId}`)
  lines.push(`page: ${location.pathname}`, `browser: ${navigator.userAgent}`)
  return lines.join('\n')
}
