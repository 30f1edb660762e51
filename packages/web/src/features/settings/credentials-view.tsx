import {
  type CredentialStatus,
  protocolLabels,
  protocolsServed,
  type SubstrateEntry,
  type UpstreamEntry,
} from '@agent-machines/core'
import { useState } from 'react'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { formatDate } from '../machines/format-age.ts'
import { CredentialForm } from './credential-form.tsx'
import { RemoveCredential } from './remove-credential.tsx'

export interface CredentialsViewProps {
  readonly credentials: readonly CredentialStatus[]
  readonly upstreams: readonly UpstreamEntry[]
  readonly substrates: readonly SubstrateEntry[]
}

export function CredentialsView({ credentials, upstreams, substrates }: CredentialsViewProps) {
  const [edited, setEdited] = useState<string | null>(null)
  const ofKind = (kind: CredentialStatus['kind']) => credentials.filter((each) => each.kind === kind)
  const rowOf = (status: CredentialStatus) => {
    const upstream = upstreams.find((each) => each.credential === status.name) ?? null
    return (
      <CredentialRow
        key={status.name}
        status={status}
        upstream={upstream}
        says={upstream ? servesOf(upstream, credentials) : status.label}
        isEdited={edited === status.name}
        onEdit={(isEdited) => setEdited(isEdited ? status.name : null)}
      />
    )
  }
  const keyless = substrates.filter((each) => each.credentials.length === 0)
  return (
    <>
      <h3 className="credentials-title">Model upstreams</h3>
      <ul className="panel">{ofKind('upstream').map(rowOf)}</ul>
      <h3 className="credentials-title">Substrates</h3>
      <ul className="panel">
        {keyless.map((substrate) => (
          <li key={substrate.id} className="credential">
            <div>
              <b className="block">{substrate.label}</b>
              <span className="text-ink-3">{substrate.summary}</span>
            </div>
            <div>
              <span className="state">
                <StateGlyph shape={substrate.readiness === 'ready' ? 'done' : 'failed'} />
                {substrate.readiness === 'ready'
                  ? 'Nothing to set'
                  : substrate.reasons.map((reason) => reason.message).join(' ')}
              </span>
              {substrate.readiness === 'blocked' && (
                <span className="block pl-[21px] text-ink-3">
                  {substrate.reasons.map((reason) => reason.fix).join(' ')}
                </span>
              )}
            </div>
          </li>
        ))}
        {ofKind('substrate').map(rowOf)}
      </ul>
    </>
  )
}

interface CredentialRowProps {
  readonly status: CredentialStatus
  readonly upstream: UpstreamEntry | null
  readonly says: string
  readonly isEdited: boolean
  readonly onEdit: (isEdited: boolean) => void
}

function CredentialRow({ status, upstream, says, isEdited, onEdit }: CredentialRowProps) {
  const close = () => onEdit(false)
  const verb = !status.configured ? 'Add' : status.last4 ? 'Replace' : 'Edit'
  return (
    <li className="credential">
      <div>
        <b className="block">{status.opens}</b>
        <span className="text-ink-3">{says}</span>
      </div>
      <div>
        <span className="state">
          <StateGlyph shape={status.configured ? 'done' : 'off'} />
          <span>{keyTextOf(status, upstream)}</span>
        </span>
        {status.configured && <span className="block pl-[21px] text-ink-3">{sourceOf(status)}</span>}
      </div>
      <div className="credential-action">
        {status.source === 'environment' ? (
          <span className="text-12 text-ink-3">Change it where it is set</span>
        ) : (
          <button
            type="button"
            className={`button button-small ${isEdited ? 'button-quiet' : ''}`}
            aria-expanded={isEdited}
            aria-label={isEdited ? undefined : `${verb} ${status.opens}`}
            onClick={() => onEdit(!isEdited)}
          >
            {isEdited ? 'Cancel' : verb}
          </button>
        )}
      </div>
      {isEdited && (
        <div className="credential-edit">
          <CredentialForm
            name={status.name}
            status={status}
            upstream={upstream}
            onDone={close}
            onCancel={close}
          />
          {status.configured && <RemoveCredential status={status} onDone={close} />}
        </div>
      )}
    </li>
  )
}

function servesOf(upstream: UpstreamEntry, credentials: readonly CredentialStatus[]): string {
  const served = protocolsServed(upstream, credentials)
  return served.length === 0 ? upstream.summary : served.map((each) => protocolLabels[each]).join(', ')
}

function keyTextOf(status: CredentialStatus, upstream: UpstreamEntry | null) {
  if (!status.configured) {
    return <span className="text-ink-3">{upstream?.baseUrl === null ? 'No address yet' : 'No key yet'}</span>
  }
  if (!status.last4) return status.baseUrl ?? 'No key needed'
  return (
    <>
      Ends in <code>{status.last4}</code>
    </>
  )
}

function sourceOf(status: CredentialStatus): string {
  const machines = `${status.usedBy.length} ${status.usedBy.length === 1 ? 'machine' : 'machines'}`
  const source =
    status.source === 'environment'
      ? 'From environment'
      : status.updatedAt
        ? `Saved ${formatDate(Date.parse(status.updatedAt), Date.now())}`
        : 'Saved'
  const address = status.last4 && status.baseUrl ? `, at ${status.baseUrl}` : ''
  return `${source}, ${machines}${address}`
}
