import type { Machine } from '@agent-machines/core'
import { useId, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Failure } from '../../components/failure.tsx'
import { useToast } from '../../components/toasts.tsx'
import { useGate, useModels, useUpstreams } from '../../queries/catalogue.ts'
import { useMachineCommand } from '../../queries/machines.ts'

/** Chooses who serves the model and which; the gate says beforehand what would not work. */
export function ModelDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const [upstream, setUpstream] = useState(machine.upstream ?? '')
  const [model, setModel] = useState(machine.model ?? '')
  const upstreams = useUpstreams()
  const chosen = upstreams.data?.find((each) => each.id === upstream)
  const listed = useModels(chosen?.readiness === 'ready' ? chosen.id : null).data
  const name = model.trim()
  const { runtime, substrate } = machine
  const gate = useGate({ runtime, substrate, upstream, ...(name === '' ? {} : { model: name }) })
  const { mutate, isPending, error } = useMachineCommand(machine.id)
  const toast = useToast()
  const [modelsId, saysId] = [useId(), useId()]
  const blocked = gate.data?.state === 'blocked' ? gate.data.reasons : []
  const isChanged = upstream !== machine.upstream || name !== (machine.model ?? '')
  const save = () => {
    const changed = () => {
      toast({
        text: `${machine.name} is set up for ${name || 'the runtime’s own model'}. A running agent asks it once it is reloaded.`,
        shape: 'done',
      })
      onClose()
    }
    mutate({ kind: 'model', upstream, model: name === '' ? null : name }, { onSuccess: changed })
  }
  return (
    <Dialog title={`Model of ${machine.name}`} onClose={onClose}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged && blocked.length === 0 && !isPending) save()
        }}
      >
        <label className="label">
          Upstream
          <select className="field" value={upstream} onChange={(event) => setUpstream(event.target.value)}>
            {(upstreams.data ?? []).map((each) => (
              <option key={each.id} value={each.id}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
        <label className="label">
          Model
          <input
            className="field"
            value={model}
            list={modelsId}
            placeholder={chosen?.modelRequired ? `Its name at ${chosen.label}` : 'The runtime’s own default'}
            aria-describedby={saysId}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setModel(event.target.value)}
          />
        </label>
        <datalist id={modelsId}>
          {listed?.models?.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <div id={saysId} role="status">
          {blocked.map(({ code, message, fix }) => (
            <p key={code} className="text-bad">
              {message} {fix}
            </p>
          ))}
          {blocked.length === 0 && (
            <p>{listed?.state === 'failed' ? listed.message : 'The agent’s conversation stays.'}</p>
          )}
        </div>
        {upstreams.error && <Failure error={upstreams.error} what="The upstreams could not be read." />}
        {error && <Failure error={error} what="The model was not changed." />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={!isChanged || blocked.length > 0 || isPending}
          >
            {isPending ? 'Changing…' : 'Change'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
