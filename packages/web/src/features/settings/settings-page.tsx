import '../../styles/machine.css'
import '../../styles/settings.css'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useApiKeys, useCreateApiKey, useRevokeApiKey } from '../../queries/api-keys.ts'
import { useSubstrates, useUpstreams } from '../../queries/catalogue.ts'
import { useCredentials } from '../../queries/credentials.ts'
import { useMe, useSignOut } from '../../queries/session.ts'
import { changeSettings, type Settings, useSettings } from '../../settings/settings.ts'
import { ApiKeysView } from './api-keys-view.tsx'
import { CredentialsView } from './credentials-view.tsx'
import { PreferencesView } from './preferences-view.tsx'

const sections = [
  ['credentials', 'Credentials'],
  ['terminal', 'Terminal'],
  ['appearance', 'Appearance'],
  ['api-keys', 'API keys'],
  ['about', 'About'],
] as const

export function SettingsPage() {
  useEffect(() => {
    document.title = 'Settings'
  }, [])
  return (
    <main className="page" id="main">
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings">
          <h1 className="page-title">Settings</h1>
          {sections.map(([id, label]) => (
            <a key={id} href={`#${id}`}>
              {label}
            </a>
          ))}
        </nav>
        <div className="grid content-start gap-10">
          <Credentials />
          <Preferences />
          <ApiKeys />
          <About />
        </div>
      </div>
    </main>
  )
}

function Credentials() {
  const { data, error, refetch } = useCredentials()
  const upstreams = useUpstreams().data ?? []
  const substrates = useSubstrates().data ?? []
  return (
    <section id="credentials" aria-labelledby="credentials-title">
      <h2 id="credentials-title" className="page-title">
        Credentials
      </h2>
      <p className="mt-1 max-w-[60ch] text-ink-2">
        Keys are encrypted when they arrive and never shown again. Machines get only the ones they use.
      </p>
      {data ? (
        <CredentialsView credentials={data} upstreams={upstreams} substrates={substrates} />
      ) : error ? (
        <div className="mt-4">
          <Failure error={error} what="The credentials could not be read." onRetry={() => void refetch()} />
        </div>
      ) : (
        <Loading words="Asking for the credentials…" />
      )}
    </section>
  )
}

function Preferences() {
  const settings = useSettings()
  const toast = useToast()
  const onChange = (change: Partial<Settings>) => {
    changeSettings(change)
    toast({
      text: 'Saved in this browser',
      shape: 'done',
      action: { label: 'Undo', run: () => changeSettings(settings) },
    })
  }
  return <PreferencesView settings={settings} onChange={onChange} />
}

function ApiKeys() {
  const keys = useApiKeys()
  const create = useCreateApiKey()
  const revoke = useRevokeApiKey()
  return (
    <ApiKeysView
      keys={keys.data ?? null}
      error={keys.error ?? create.error ?? revoke.error}
      created={create.data ?? null}
      isPending={create.isPending || revoke.isPending}
      onCreate={create.mutate}
      onRevoke={revoke.mutate}
    />
  )
}

function About() {
  const { data: me } = useMe()
  const { mutate, isPending } = useSignOut()
  const navigate = useNavigate()
  return (
    <section id="about" aria-labelledby="about-title">
      <h2 id="about-title" className="page-title mb-3">
        About
      </h2>
      <div className="panel">
        <dl className="facts">
          <dt>Version</dt>
          <dd>{me?.version}</dd>
          <dt>Instance</dt>
          <dd>
            <code>{me?.instance}</code>
          </dd>
        </dl>
        <div className="danger border-t border-line">
          <div>
            <b>Sign out</b>
            <p>Ends the session of this browser. Machines go on working.</p>
          </div>
          <button
            type="button"
            className="button"
            disabled={isPending}
            onClick={() =>
              mutate(undefined, {
                onSettled: () => {
                  navigate({ to: '/login' }).catch(reportError)
                },
              })
            }
          >
            Sign out
          </button>
        </div>
      </div>
    </section>
  )
}
