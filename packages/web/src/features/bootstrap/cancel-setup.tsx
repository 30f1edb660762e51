import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { useMachineCommand } from '../../queries/machines.ts'
import { inSentence } from '../machines/in-sentence.ts'

/** Ends a setup: nothing was worked on yet, so it asks once and needs no name typed. */
export function CancelSetup({ machine }: { machine: Machine }) {
  const [isOpen, setOpen] = useState(false)
  const { mutateAsync, isPending, error } = useMachineCommand(machine.id)
  const labels = useLabels()
  const toast = useToast()
  const navigate = useNavigate()
  const cancel = async () => {
    await mutateAsync({ kind: 'destroy' })
    toast({ text: `The setup of ${machine.name} is cancelled`, shape: 'destroyed' })
    await navigate({ to: '/dashboard' })
  }
  return (
    <>
      <button type="button" className="button button-small mt-3" onClick={() => setOpen(true)}>
        Cancel the setup…
      </button>
      {isOpen && (
        <Dialog title={`Cancel the setup of ${machine.name}?`} onClose={() => setOpen(false)}>
          <p>
            What was made so far on {inSentence(labels.substrate(machine.substrate))} is deleted: its sandbox
            and its home. Nothing has worked in it yet.
          </p>
          {error && <Failure error={error} what="The setup was not cancelled." />}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Keep it
            </button>
            <button
              type="button"
              className="button button-bad-solid"
              disabled={isPending}
              onClick={() => cancel().catch(shownInDialog)}
            >
              {isPending ? 'Deleting…' : 'Cancel the setup'}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}

/** The dialog shows what went wrong. */
function shownInDialog(): void {}
