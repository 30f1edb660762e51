import type { BootstrapPhase } from '@agent-machines/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'

export interface PhaseFailureProps {
  readonly phase: BootstrapPhase
  readonly onRetry: (() => void) | undefined
  readonly isPending?: boolean
}

type Category = NonNullable<BootstrapPhase['error']>['category']

const whose: Readonly<Record<Category, string>> = {
  configuration: 'Your configuration.',
  substrate: 'The substrate’s side, not your configuration.',
  network: 'The network, not your configuration.',
  ours: 'Ours, not your configuration.',
}

/** A phase that failed: what, whose, whether it passes, what next, then the raw lines. */
export function PhaseFailure({ phase, onRetry, isPending = false }: PhaseFailureProps) {
  const { error } = phase
  const tries = phase.attempt && phase.attempt > 1 ? ` after ${phase.attempt} tries` : ''
  const lines = error?.log ?? []
  const what = `${phase.label} failed${tries}.`
  return (
    <div className="note note-bad" role="alert">
      <StateGlyph shape="failed" />
      <div>
        <b>{what}</b>
        {error && (
          <p>
            {sentenceOf(error.message, lines)} {whose[error.category]}{' '}
            {error.transient
              ? 'It usually passes; trying again can help.'
              : 'Trying again helps once it is fixed.'}
          </p>
        )}
        {lines.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the keyboard
          <pre className="raw" tabIndex={0} role="log" aria-label="The last lines of its log">
            {lines.join('\n')}
          </pre>
        )}
        <div className="note-actions">
          {onRetry && (
            <button type="button" className="button button-small" onClick={onRetry} disabled={isPending}>
              Retry this step
            </button>
          )}
          <CopyButton text={[what, error?.message ?? '', ...lines].join('\n')} label="Copy report" />
        </div>
      </div>
    </div>
  )
}

/** The message without the raw lines that stand below it anyway. */
function sentenceOf(message: string, lines: readonly string[]): string {
  const own = lines
    .reduce((rest, line) => (line.trim() ? rest.replace(line.trim(), '') : rest), message)
    .trim()
  const sentence = own || message
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
