import type { ApiKey } from '@agent-machines/core'
import { useState } from 'react'
import { Age } from '../../components/age.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'

export interface ApiKeysViewProps {
  readonly keys: readonly ApiKey[] | null
  readonly error: unknown
  /** The key made last; this is the only time its text is known. */
  readonly created: (ApiKey & { key: string }) | null
  readonly isPending: boolean
  readonly onCreate: (name: string) => void
  readonly onRevoke: (id: string) => void
}

export function ApiKeysView({ keys, error, created, isPending, onCreate, onRevoke }: ApiKeysViewProps) {
  const [name, setName] = useState('')
  const [revoked, setRevoked] = useState<ApiKey | null>(null)
  return (
    <section id="api-keys" aria-labelledby="api-keys-title">
      <h2 id="api-keys-title" className="page-title">
        API keys
      </h2>
      <p className="mt-1 mb-3 max-w-[60ch] text-ink-2">
        For scripts and other programs. A key can do everything you can; it is shown once.
      </p>
      {error !== null && error !== undefined && (
        <Failure error={error} what="The API keys did not do that." />
      )}
      {created && (
        <div className="note mb-3" role="status">
          <StateGlyph shape="done" />
          <div>
            <b>{created.name} is made. Copy it now, it is not shown again.</b>
            <p className="flex flex-wrap items-center gap-2">
              <code className="break-all text-ink">{created.key}</code>
              <CopyButton text={created.key} />
            </p>
          </div>
        </div>
      )}
      <form
        className="mb-3 flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!name.trim() || isPending) return
          onCreate(name.trim())
          setName('')
        }}
      >
        <label className="label flex-1">
          Name
          <input
            className="field"
            value={name}
            maxLength={64}
            placeholder="What it is for"
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={!name.trim() || isPending}>
          Create a key
        </button>
      </form>
      {!keys && !error && <Loading words="Asking for the API keys…" rows={2} />}
      {keys && keys.length === 0 && <p className="text-ink-2">No API keys yet.</p>}
      {keys && keys.length > 0 && (
        <ul className="panel">
          {keys.map((key) => (
            <li key={key.id} className="credential">
              <div>
                <b className="block">{key.name}</b>
                <code className="text-ink-3">{key.prefix}…</code>
              </div>
              <span className="text-ink-3">
                Made <Age since={key.createdAt} /> ago,{' '}
                {key.lastUsedAt ? (
                  <>
                    used <Age since={key.lastUsedAt} /> ago
                  </>
                ) : (
                  'never used'
                )}
              </span>
              <div className="credential-action">
                <button
                  type="button"
                  className="button button-small"
                  aria-label={`Revoke ${key.name}`}
                  onClick={() => setRevoked(key)}
                >
                  Revoke
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {revoked && (
        <Dialog title={`Revoke ${revoked.name}?`} onClose={() => setRevoked(null)}>
          <p>Whatever uses this key is refused from then on.</p>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => setRevoked(null)}>
              Keep it
            </button>
            <button
              type="button"
              className="button button-bad-solid"
              onClick={() => {
                onRevoke(revoked.id)
                setRevoked(null)
              }}
            >
              Revoke
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}
