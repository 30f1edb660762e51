import type { GateReason } from '@agent-machines/core'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import type { Choice } from './deploy-choices.ts'

export interface AxisChoicesProps {
  readonly name: string
  readonly title: string
  readonly plain: string
  readonly choices: readonly Choice[]
  readonly chosen: string | null
  readonly onPick: (id: string) => void
  readonly onAddCredential: (name: string) => void
}

const keysShown = 2

/** One axis: what can be chosen, then what can't with the reason and the way to lift it. */
export function AxisChoices({
  name,
  title,
  plain,
  choices,
  chosen,
  onPick,
  onAddCredential,
}: AxisChoicesProps) {
  const [unfolded, setUnfolded] = useState(false)
  const keyOnly = choices.filter(lacksOnlyAKey)
  const folded = unfolded || keyOnly.length <= keysShown ? [] : keyOnly.slice(keysShown)
  return (
    <fieldset>
      <legend>
        <b>{title}</b> {plain}
      </legend>
      {choices
        .filter((choice) => !folded.includes(choice))
        .map((choice) => (
          <ChoiceOption
            key={choice.id}
            axis={name}
            choice={choice}
            isChosen={choice.id === chosen}
            onPick={onPick}
            onAddCredential={onAddCredential}
          />
        ))}
      {folded.length > 0 && (
        <button type="button" className="fold" onClick={() => setUnfolded(true)}>
          {folded.length} more {folded.length === 1 ? 'needs' : 'need'} a key:{' '}
          {folded.map((choice) => choice.label).join(', ')}
          <ChevronDown className="icon" aria-hidden="true" />
        </button>
      )}
    </fieldset>
  )
}

interface ChoiceOptionProps {
  readonly axis: string
  readonly choice: Choice
  readonly isChosen: boolean
  readonly onPick: (id: string) => void
  readonly onAddCredential: (name: string) => void
}

function ChoiceOption({ axis, choice, isChosen, onPick, onAddCredential }: ChoiceOptionProps) {
  const isOff = choice.reasons.length > 0
  const textId = `${axis}-${choice.id}-says`
  const inputId = `${axis}-${choice.id}`
  return (
    <div className="option" data-on={isChosen && !isOff} data-off={isOff}>
      <input
        id={inputId}
        type="radio"
        name={axis}
        value={choice.id}
        checked={isChosen && !isOff}
        aria-disabled={isOff}
        aria-describedby={textId}
        onChange={() => {
          if (!isOff) onPick(choice.id)
        }}
      />
      <span className="dot" aria-hidden="true" />
      <span>
        <label htmlFor={inputId}>{choice.label}</label>
        <span id={textId} className="option-says">
          {isOff ? (
            choice.reasons.map((reason) => (
              <Reason key={reason.code + reason.message} reason={reason} onAddCredential={onAddCredential} />
            ))
          ) : (
            <>
              <span>{choice.says}</span>
              {choice.kept && <span className="option-kept">{choice.kept}</span>}
            </>
          )}
        </span>
      </span>
    </div>
  )
}

function Reason({
  reason,
  onAddCredential,
}: {
  reason: GateReason
  onAddCredential: (name: string) => void
}) {
  const { credential } = reason
  return (
    <span>
      {reason.message}{' '}
      {credential ? (
        <button type="button" className="link" onClick={() => onAddCredential(credential)}>
          {reason.code === 'endpoint-missing' ? 'Add its address' : 'Add a key'}
        </button>
      ) : (
        reason.code !== 'protocol-mismatch' && reason.fix
      )}
    </span>
  )
}

function lacksOnlyAKey(choice: Choice): boolean {
  return choice.reasons.length > 0 && choice.reasons.every((reason) => reason.code === 'key-missing')
}
