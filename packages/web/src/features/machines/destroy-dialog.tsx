import type { Machine } from '@agent-machines/core'
import { useEffect, useRef, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { useMachineCommand } from '../../queries/machines.ts'
import { inSentence } from './in-sentence.ts'

export function DestroyDialog({
  machine,
  onClose,
  onDestroyed,
}: {
  machine: Machine
  onClose: () => void
  onDestroyed?: () => void
}) {
  const [typed, setTyped] = useState('')
  const { mutateAsync, isPending, error } = useMachineCommand(machine.id)
  const labels = useLabels()
  const toast = useToast()
  const keep = useRef<HTMLButtonElement>(null)
  useEffect(() => keep.current?.focus(), [])
  const isNamed = typed === machine.name
  const destroy = async () => {
    const left = await mutateAsync({ kind: 'destroy' })
    const words = left === null || left.state === 'destroyed' ? 'is destroyed' : 'is being destroyed'
    toast({ text: `${machine.name} ${words}`, shape: 'destroyed' })
    onClose()
    onDestroyed?.()
  }
  return (
    <Dialog title={`Destroy ${machine.name}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isNamed && !isPending) destroy().catch(shownInDialog)
        }}
      >
        <p>
          Its processes, its home and everything in it on {inSentence(labels.substrate(machine.substrate))}{' '}
          are deleted.
          {machine.state === 'ready' && machine.agent?.state === 'busy'
            ? ' The agent is working right now.'
            : ''}{' '}
          Nothing of it can be recovered.
        </p>
        <label className="label">
          Type <code className="text-ink">{machine.name}</code>
          <input
            className="field"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        {error && (
          <div className="mt-3">
            <Failure error={error} what={`${machine.name} was not destroyed.`} />
          </div>
        )}
        <div className="dialog-actions">
          <button ref={keep} type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button button-bad-solid" disabled={!isNamed || isPending}>
            {isPending ? 'Destroying…' : 'Destroy'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** The dialog shows what went wrong. */
function shownInDialog(): void {}
