import type { Machine } from '@agent-machines/core'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useLabels, useRuntimes } from '../../queries/catalogue.ts'
import { useMachineCommand } from '../../queries/machines.ts'

/** Sets a machine up anew, with another version of its runtime where there is one. */
export function ReloadDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const versions = useRuntimes().data?.find(({ id }) => id === machine.runtime)?.versions ?? []
  const current = machine.runtimeVersion ?? versions[0] ?? ''
  const [version, setVersion] = useState(current)
  const { mutate, isPending, error } = useMachineCommand(machine.id)
  const runtime = useLabels().runtime(machine.runtime)
  const reload = () => {
    const runtimeVersion = version === current ? undefined : version
    mutate({ kind: 'reload', runtimeVersion }, { onSuccess: onClose })
  }
  return (
    <Dialog title={`Reload ${machine.name}`} onClose={onClose}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isPending) reload()
        }}
      >
        <p>{effectOf(machine, runtime)}</p>
        {versions.length > 1 && (
          <label className="label">
            Version of {runtime}
            <select className="field" value={version} onChange={(event) => setVersion(event.target.value)}>
              {versions.map((each) => (
                <option key={each} value={each}>
                  {each === current ? `${each}, as it is` : each}
                </option>
              ))}
            </select>
          </label>
        )}
        {error && <Failure error={error} what="The machine was not reloaded." />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button button-primary" disabled={isPending}>
            {isPending ? 'Asking…' : 'Reload'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function effectOf({ agent }: Machine, runtime: string): string {
  const setUp =
    'It is set up again with the model, key and configuration that are chosen by now. Its files stay.'
  if (agent === null || agent.state === 'exited') return setUp
  if (agent.state === 'busy' || agent.state === 'waiting') {
    return `${setUp} ${runtime} is at work: it is ended in the middle of that, and started again in its conversation.`
  }
  return `${setUp} ${runtime} is started again in its conversation.`
}
