import type { CredentialStatus } from '@agent-machines/core'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useCredentialChange } from '../../queries/credentials.ts'

/** Removes a stored credential after naming the machines that use it. */
export function RemoveCredential({ status, onDone }: { status: CredentialStatus; onDone: () => void }) {
  const [isOpen, setOpen] = useState(false)
  const { mutateAsync, isPending, error } = useCredentialChange()
  const remove = async () => {
    await mutateAsync({ name: status.name, credential: null, isChecked: false })
    onDone()
  }
  return (
    <>
      <button
        type="button"
        className="button button-quiet button-small button-bad mt-3"
        onClick={() => setOpen(true)}
      >
        Remove…
      </button>
      {isOpen && (
        <Dialog title={`Remove ${status.opens}?`} onClose={() => setOpen(false)}>
          <p>
            {status.usedBy.length === 0
              ? 'No machine uses it.'
              : `These machines use it and lose their model: ${status.usedBy.join(', ')}.`}
          </p>
          {error && <Failure error={error} what="It was not removed." />}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Keep it
            </button>
            <button
              type="button"
              className="button button-bad-solid"
              disabled={isPending}
              onClick={() => remove().catch(shownInDialog)}
            >
              Remove
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}

/** The dialog shows what went wrong. */
function shownInDialog(): void {}
