import { type Machine, machineNameHint, machineNamePattern } from '@agent-machines/core'
import { useId, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useMachineCommand } from '../../queries/machines.ts'

export function RenameDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const [name, setName] = useState(machine.name)
  const { mutate, isPending, error } = useMachineCommand(machine.id)
  const hintId = useId()
  const isValid = machineNamePattern.test(name)
  return (
    <Dialog title={`Rename ${machine.name}`} onClose={onClose}>
      <form
        className="mt-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (isValid && !isPending) mutate({ kind: 'rename', name }, { onSuccess: onClose })
        }}
      >
        <label className="label">
          Name
          <input
            className={`field ${isValid ? '' : 'field-wrong'}`}
            value={name}
            onChange={(event) => setName(event.target.value)}
            aria-describedby={hintId}
            aria-invalid={!isValid}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        <p id={hintId}>{machineNameHint}</p>
        {error && <Failure error={error} what="The name was not changed." />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Keep the name
          </button>
          <button type="submit" className="button button-primary" disabled={!isValid || isPending}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  )
}
