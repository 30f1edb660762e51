import type { Machine } from '@agent-machines/core'
import { type KeyboardEvent, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { useMachineCommand } from '../../queries/machines.ts'
import type { Preface } from '../bootstrap/preface.ts'
import { actionsFor } from '../machines/actions-for.ts'
import { Console } from './console.tsx'

export interface ConsolePageProps {
  readonly machine: Machine
  readonly launch: boolean
  readonly session: string
  /** What stands in the scrollback above the first screen. */
  readonly preface: Preface | null
}

/** The console of a machine that is up, or why there is none and how to get one. */
export function ConsolePage({ machine, launch, session, preface }: ConsolePageProps) {
  const [visit, setVisit] = useState({ number: 1, launch })
  if (machine.state === 'asleep' || machine.state === 'waking') return <AsleepFace machine={machine} />
  return (
    <Console
      key={`${session}/${visit.number}`}
      machine={machine}
      session={session}
      launch={visit.launch}
      preface={preface}
      onAgain={() => setVisit(({ number }) => ({ number: number + 1, launch: true }))}
    />
  )
}

function AsleepFace({ machine }: { machine: Machine }) {
  const { mutate, isPending, error } = useMachineCommand(machine.id)
  const isWaking = machine.state === 'waking'
  const canWake = actionsFor(machine).wake
  return (
    <div className="glass">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: any key wakes, as the button inside does */}
      <div
        className="glass-face"
        onKeyDown={(event) => {
          if (canWake && !isPending && isAnyKey(event)) mutate({ kind: 'wake' })
        }}
      >
        <StateGlyph shape={isWaking ? 'waking' : 'asleep'} />
        <h2>{isWaking ? `${machine.name} wakes` : `${machine.name} is asleep`}</h2>
        <p>
          {machine.stateReason === 'processes-lost'
            ? 'Its files are here, its processes ended. Waking starts the console again.'
            : machine.capabilities.memoryKept
              ? 'Its files and processes stand still and go on when it wakes.'
              : 'Its files are here. Waking starts the console again.'}
        </p>
        {canWake && (
          <button
            type="button"
            className="button"
            // biome-ignore lint/a11y/noAutofocus: the one thing to do here
            autoFocus
            disabled={isPending}
            onClick={() => mutate({ kind: 'wake' })}
          >
            {isPending ? 'Waking…' : 'Wake'}
          </button>
        )}
        {canWake && <p className="wide-only">Any key wakes it as well.</p>}
        {error && <Failure error={error} what={`${machine.name} did not wake.`} />}
      </div>
    </div>
  )
}

/** A key that means something by itself; Enter and Space press the button anyway. */
function isAnyKey({ key, metaKey, ctrlKey, altKey }: KeyboardEvent): boolean {
  return key.length === 1 && key !== ' ' && !metaKey && !ctrlKey && !altKey
}
