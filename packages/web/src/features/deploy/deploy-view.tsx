import type { GateVerdict } from '@agent-machines/core'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { inSentence } from '../machines/in-sentence.ts'
import { AxisChoices } from './axis-choices.tsx'
import type { Choices, Picks } from './deploy-choices.ts'
import { DeployFieldset } from './deploy-fieldset.tsx'
import type { DeployFields, FieldErrors } from './deploy-request.ts'

export interface DeployViewProps {
  readonly choices: Choices
  readonly verdict: GateVerdict
  readonly fields: DeployFields
  readonly errors: FieldErrors
  readonly command: string | null
  readonly isPending: boolean
  readonly error: unknown
  readonly onPick: (pick: Partial<Picks>) => void
  readonly onFields: (change: Partial<DeployFields>) => void
  readonly onAddCredential: (name: string) => void
  readonly onDeploy: () => void
}

export function DeployView(props: DeployViewProps) {
  const { choices, verdict, errors, onPick, onAddCredential } = props
  const { runtime, substrate, upstream } = choices.chosen
  const wrong = Object.values(errors)[0]
  const isBlocked = verdict.state === 'blocked' || wrong !== undefined
  const submit = () => {
    if (!isBlocked && !props.isPending) props.onDeploy()
  }
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isBeside = event.target instanceof Element && event.target.closest('dialog') !== null
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || isBeside) return
      event.preventDefault()
      form.current?.requestSubmit()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <main className="page deploy" id="main">
      <div className="page-head">
        <h1 className="page-title">Deploy a machine</h1>
      </div>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <div className="axes panel">
          <AxisChoices
            name="runtime"
            title="Runtime"
            plain="which agent"
            choices={choices.runtimes}
            chosen={runtime.id}
            onPick={(id) => onPick({ runtime: id })}
            onAddCredential={onAddCredential}
          />
          <AxisChoices
            name="substrate"
            title="Substrate"
            plain="where it runs"
            choices={choices.substrates}
            chosen={substrate.id}
            onPick={(id) => onPick({ substrate: id })}
            onAddCredential={onAddCredential}
          />
          {choices.upstreams ? (
            <AxisChoices
              name="upstream"
              title="Upstream"
              plain="who serves the model"
              choices={choices.upstreams}
              chosen={upstream?.id ?? null}
              onPick={(id) => onPick({ upstream: id })}
              onAddCredential={onAddCredential}
            />
          ) : (
            <fieldset>
              <legend>
                <b>Upstream</b> who serves the model
              </legend>
              <p className="px-2.5 pt-3 text-ink-2">{runtime.label} needs no model.</p>
            </fieldset>
          )}
        </div>
        <DeployFieldset {...props} />
        {props.error !== null && (
          <div className="mt-4">
            <Failure error={props.error} what="The machine was not deployed." />
          </div>
        )}
        <div className="go">
          <Verdict choices={choices} verdict={verdict} wrong={wrong} />
          <button
            type="submit"
            className="button button-primary"
            aria-disabled={isBlocked || props.isPending}
            aria-describedby="verdict"
          >
            {props.isPending ? 'Deploying…' : 'Deploy and talk'} <kbd className="wide-only">{shortcut()}</kbd>
          </button>
        </div>
        {props.command && !isBlocked && (
          <div className="command">
            <code>{props.command}</code>
            <CopyButton text={props.command} />
          </div>
        )}
      </form>
    </main>
  )
}

function Verdict({
  choices,
  verdict,
  wrong,
}: {
  choices: Choices
  verdict: GateVerdict
  wrong: string | undefined
}) {
  const isReady = verdict.state === 'ready' && wrong === undefined
  const missing = verdict.reasons.map((reason) => reason.message).join(' ')
  return (
    <div className="verdict" id="verdict" aria-live="polite">
      <StateGlyph shape={isReady ? 'done' : 'off'} />
      <div>
        <b>{sentenceOf(choices)}</b>{' '}
        <span className="text-ink-2">
          {isReady ? 'Everything it needs is here.' : missing || `A field is not right yet. ${wrong ?? ''}`}
        </span>
      </div>
    </div>
  )
}

/** The whole choice in one sentence. */
export function sentenceOf({ chosen }: Pick<Choices, 'chosen'>): string {
  const place = inSentence(chosen.substrate.label)
  const through = chosen.upstream ? `, through ${chosen.upstream.label.replace(/^Custom /, 'a custom ')}` : ''
  return `${chosen.runtime.label} on ${place}${through}.`
}

function shortcut(): string {
  return /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘↵' : 'Ctrl ↵'
}
