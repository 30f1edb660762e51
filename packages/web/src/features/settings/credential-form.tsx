import {
  type CredentialStatus,
  credentialHint,
  credentialPattern,
  describeUsers,
  type Protocol,
  type PutCredential,
  protocolLabels,
  protocols,
  type UpstreamCheck,
  type UpstreamEntry,
} from '@agent-machines/core'
import { type FormEvent, useId, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useCredentialChange } from '../../queries/credentials.ts'

export interface CredentialFormProps {
  readonly name: string
  readonly status: CredentialStatus | null
  /** The model source it opens; null for a substrate's credential. */
  readonly upstream: UpstreamEntry | null
  readonly onDone: () => void
  readonly onCancel: () => void
}

/** Takes a key in; there is no way to read one. */
export function CredentialForm({ name, status, upstream, onDone, onCancel }: CredentialFormProps) {
  const isNamed = upstream !== null && upstream.baseUrl === null
  const takesProtocols = upstream?.takesProtocols === true
  const [value, setValue] = useState('')
  const [baseUrl, setBaseUrl] = useState(status?.baseUrl ?? '')
  const [chosen, setChosen] = useState<readonly Protocol[]>(status?.protocols ?? [])
  const [hasAddress, setHasAddress] = useState(isNamed || Boolean(status?.baseUrl))
  const [wrong, setWrong] = useState<string | null>(null)
  const { mutate, isPending, error, data: check } = useCredentialChange()
  const toast = useToast()
  const opens = status?.opens ?? upstream?.label ?? name
  const hintId = useId()
  const save = (isChecked: boolean) => {
    const credential = {
      value: value.trim(),
      ...(hasAddress && baseUrl ? { baseUrl: baseUrl.trim() } : {}),
      ...(takesProtocols ? { protocols: [...chosen] } : {}),
    }
    const problem = problemOf(credential, {
      isNamed,
      takesProtocols,
      needsKey: upstream?.keyRequired ?? true,
    })
    setWrong(problem)
    if (problem || isPending) return
    mutate(
      { name, credential, isChecked },
      {
        onSuccess: (answer) => {
          if (answer?.state === 'failed') return
          const words = [`${opens} is saved.`, answer?.message, describeUsers(status?.usedBy ?? [])]
          toast({ text: words.filter(Boolean).join(' '), shape: 'done' })
          onDone()
        },
      },
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save(upstream !== null)
  }
  return (
    <form className="grid gap-3" onSubmit={submit}>
      {hasAddress && (
        <label className="label">
          Address
          <input
            className="field"
            type="url"
            value={baseUrl}
            placeholder={upstream?.baseUrl ?? 'http://localhost:8080'}
            autoComplete="off"
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        </label>
      )}
      {takesProtocols && <ProtocolChecks chosen={chosen} onChange={setChosen} />}
      <label className="label">
        {upstream && !upstream.keyRequired ? 'API key, if it needs one' : (status?.label ?? 'API key')}
        <input
          className={`field mono ${wrong ? 'field-wrong' : ''}`}
          type="password"
          value={value}
          autoComplete="off"
          aria-describedby={hintId}
          aria-invalid={wrong !== null}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <p id={hintId} className={wrong ? 'text-bad' : 'text-ink-3'} role={wrong ? 'alert' : undefined}>
        {wrong ?? (
          <>
            Stored as <code>{name}</code>.{' '}
            {upstream && `${opens} is asked for its list of models first, which is free. `}
            {!hasAddress && (
              <button type="button" className="link" onClick={() => setHasAddress(true)}>
                Other address
              </button>
            )}
          </>
        )}
      </p>
      {error && <Failure error={error} what="The key was not saved." />}
      {check?.state === 'failed' && !isPending && <FailedCheck check={check} onSave={() => save(false)} />}
      <div className="flex gap-2">
        <button type="submit" className="button button-primary" disabled={isPending}>
          {upstream ? (isPending ? 'Checking…' : 'Check and save') : isPending ? 'Saving…' : 'Save'}
        </button>
        <button type="button" className="button button-quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}

function FailedCheck({ check, onSave }: { check: UpstreamCheck; onSave: () => void }) {
  return (
    <div className="note note-bad" role="alert">
      <StateGlyph shape="failed" />
      <div>
        <b>{check.message}</b>
        <p>
          {check.fix} {check.isTransient ? 'This may pass by itself.' : ''} Nothing was saved.
        </p>
        <div className="note-actions">
          <button type="button" className="button button-small" onClick={onSave}>
            Save it all the same
          </button>
        </div>
      </div>
    </div>
  )
}

function ProtocolChecks({
  chosen,
  onChange,
}: {
  chosen: readonly Protocol[]
  onChange: (protocols: readonly Protocol[]) => void
}) {
  return (
    <fieldset>
      <legend className="text-ink-2">It speaks</legend>
      {protocols.map((protocol) => (
        <label key={protocol} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(protocol)}
            onChange={(event) =>
              onChange(
                event.target.checked ? [...chosen, protocol] : chosen.filter((each) => each !== protocol),
              )
            }
          />
          {protocolLabels[protocol]}
        </label>
      ))}
    </fieldset>
  )
}

/** What is wrong with a credential before it is sent; null when nothing is. */
export function problemOf(
  credential: PutCredential,
  { isNamed, takesProtocols, needsKey }: { isNamed: boolean; takesProtocols: boolean; needsKey: boolean },
): string | null {
  if (isNamed && !credential.baseUrl) return 'Name the address of the endpoint.'
  if (takesProtocols && !credential.protocols?.length) return 'Choose at least one protocol.'
  if (needsKey && credential.value === '') return 'Paste the key.'
  if (!credentialPattern.test(credential.value)) return credentialHint
  if (credential.baseUrl && !/^https?:$/.test(protocolOf(credential.baseUrl)))
    return 'An address starts with http:// or https://.'
  return null
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}
