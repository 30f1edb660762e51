import { useId } from 'react'
import { useModels } from '../../queries/catalogue.ts'
import type { Choices } from './deploy-choices.ts'
import { type DeployFields, type FieldErrors, type SizeId, sizes } from './deploy-request.ts'

export interface DeployFieldsetProps {
  readonly choices: Choices
  readonly fields: DeployFields
  readonly errors: FieldErrors
  readonly onFields: (change: Partial<DeployFields>) => void
}

/** Name, model, what to work on, size. */
export function DeployFieldset({ choices, fields, errors, onFields }: DeployFieldsetProps) {
  const { runtime, substrate, upstream } = choices.chosen
  const isModelNeeded = runtime.modelRequired || upstream?.modelRequired
  const modelsId = useId()
  const listed = useModels(upstream?.readiness === 'ready' ? upstream.id : null).data
  const canLimit = substrate.capabilities.limits.cpu && substrate.capabilities.limits.memory
  return (
    <div className="options">
      <TextField
        label="Name"
        value={fields.name}
        error={errors.name}
        onChange={(name) => onFields({ name })}
      />
      {upstream && (
        <TextField
          label="Model"
          value={fields.model}
          error={errors.model}
          placeholder={isModelNeeded ? `Its name at ${upstream.label}` : 'The runtime’s own default'}
          hint={listed?.state === 'failed' ? listed.message : undefined}
          list={modelsId}
          onChange={(model) => onFields({ model })}
        />
      )}
      <datalist id={modelsId}>
        {(listed?.models ?? upstream?.models)?.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <label className="label">
        Works on
        <select
          className="field"
          value={fields.workspace}
          onChange={(event) => onFields({ workspace: workspaceOf(event.target.value) })}
        >
          <option value="empty">An empty home</option>
          <option value="git">A git repository</option>
          {substrate.hostPath && <option value="folder">A folder of this computer</option>}
        </select>
      </label>
      {canLimit && (
        <label className="label">
          Size
          <select
            className="field"
            value={fields.size}
            onChange={(event) => onFields({ size: sizeOf(event.target.value) })}
          >
            {Object.entries(sizes).map(([id, size]) => (
              <option key={id} value={id}>
                {size.label}
              </option>
            ))}
          </select>
        </label>
      )}
      {runtime.hasGateway && (
        <label className="label">
          For chat
          <select
            className="field"
            value={fields.isKeptLoaded ? 'loaded' : 'started'}
            onChange={(event) => onFields({ isKeptLoaded: event.target.value === 'loaded' })}
          >
            <option value="started">Agent starts each time</option>
            <option value="loaded">Agent stays loaded</option>
          </select>
        </label>
      )}
      {fields.workspace === 'git' && (
        <>
          <TextField
            label="Git URL"
            value={fields.git}
            error={fields.git === '' ? undefined : errors.git}
            placeholder="https://host/team/project"
            wide
            onChange={(git) => onFields({ git })}
          />
          <TextField
            label="Branch, tag or commit"
            value={fields.ref}
            error={errors.ref}
            placeholder="The default branch"
            onChange={(ref) => onFields({ ref })}
          />
        </>
      )}
      {fields.workspace === 'folder' && substrate.hostPath && (
        <TextField
          label="Folder"
          value={fields.folder}
          error={fields.folder === '' ? undefined : errors.folder}
          placeholder="/home/you/project"
          wide
          onChange={(folder) => onFields({ folder })}
        />
      )}
    </div>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly error: string | undefined
  readonly hint?: string | undefined
  readonly placeholder?: string
  readonly list?: string
  readonly wide?: boolean
  readonly onChange: (value: string) => void
}

function TextField({ label, value, error, hint, placeholder, list, wide, onChange }: TextFieldProps) {
  const errorId = useId()
  return (
    <label className={`label ${wide ? 'label-wide' : ''}`}>
      {label}
      <input
        className={`field ${error ? 'field-wrong' : ''}`}
        value={value}
        placeholder={placeholder}
        list={list}
        aria-invalid={error !== undefined}
        aria-describedby={error || hint ? errorId : undefined}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      {(error || hint) && (
        <span id={errorId} className={error ? 'label-error' : 'text-ink-3'}>
          {error ?? hint}
        </span>
      )}
    </label>
  )
}

function workspaceOf(value: string): DeployFields['workspace'] {
  return value === 'git' || value === 'folder' ? value : 'empty'
}

function sizeOf(value: string): SizeId {
  return value in sizes ? (value as SizeId) : 'unlimited'
}
