import type { CredentialStatus, UpstreamEntry } from '@agent-machines/core'
import { Dialog } from '../../components/dialog.tsx'
import { CredentialForm } from './credential-form.tsx'

export interface CredentialSheetProps {
  readonly name: string
  readonly credentials: readonly CredentialStatus[]
  readonly upstreams: readonly UpstreamEntry[]
  readonly onClose: () => void
}

/** Adds a missing credential beside a half-filled form. */
export function CredentialSheet({ name, credentials, upstreams, onClose }: CredentialSheetProps) {
  const status = credentials.find((each) => each.name === name)
  const upstream = upstreams.find((each) => each.credential === name) ?? null
  const opens = status?.opens ?? upstream?.label ?? name
  return (
    <Dialog kind="sheet" title={`Add ${opens}`} onClose={onClose}>
      <p className="mt-2 mb-4 text-ink-2">
        Keys are encrypted when they arrive and never shown again. Machines get only the ones they use.
      </p>
      <CredentialForm
        name={name}
        status={status ?? null}
        upstream={upstream}
        onDone={onClose}
        onCancel={onClose}
      />
    </Dialog>
  )
}
