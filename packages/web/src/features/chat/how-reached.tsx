import type { Machine, RuntimeEntry } from '@agent-machines/core'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { useMachineCommand } from '../../queries/machines.ts'
import { gatewayWords } from '../machines/gateway-words.ts'

export interface HowReachedProps {
  readonly machine: Pick<Machine, 'id' | 'state' | 'gateway'>
  readonly runtime: Pick<RuntimeEntry, 'label' | 'hasGateway'>
}

/** Whether messages go to an agent that stays loaded or start it once each, and the way to have it stay. */
export function HowReached({ machine, runtime }: HowReachedProps) {
  const { mutate, isPending, error } = useMachineCommand(machine.id)
  if (!runtime.hasGateway) {
    return (
      <p className="text-ink-3">Each message starts the agent once: {runtime.label} has no chat gateway.</p>
    )
  }
  const { gateway } = machine
  const words = gateway && gatewayWords(gateway)
  return (
    <>
      <p className={`chat-how ${error ? 'text-bad' : 'text-ink-3'}`} role="status">
        {words && <StateGlyph shape={words.glyph} />}
        {error ? error.message : (words?.says ?? 'Each message starts the agent once.')}
      </p>
      {machine.state === 'ready' && gateway === null && (
        <button
          type="button"
          className="button button-small"
          disabled={isPending}
          onClick={() => mutate({ kind: 'gateway', wanted: true })}
        >
          Keep it loaded
        </button>
      )}
    </>
  )
}
