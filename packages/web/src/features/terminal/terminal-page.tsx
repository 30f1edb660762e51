import '../../styles/bootstrap.css'
import '../../styles/glass-panels.css'
import '../../styles/key-bar.css'
import '../../styles/terminal.css'
import type { Machine } from '@agent-machines/core'
import { useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useMachine, useMachineCommand, useMachines } from '../../queries/machines.ts'
import { BootstrapView } from '../bootstrap/bootstrap-view.tsx'
import { CancelSetup } from '../bootstrap/cancel-setup.tsx'
import { prefaceOf } from '../bootstrap/preface.ts'
import { usualSetupMs } from '../bootstrap/setup-phases.ts'
import type { Transcript } from '../bootstrap/transcript.ts'
import { useTranscript } from '../bootstrap/use-transcript.ts'
import { actionsFor } from '../machines/actions-for.ts'
import { ConsolePage } from './console-page.tsx'
import { MachineGone } from './machine-gone.tsx'

/** One address from the first phase to the last key: the transcript turns into the terminal. */
export function TerminalPage() {
  const { id } = useParams({ from: '/dashboard/machines/$id' })
  const { data: machine } = useMachine(id)
  if (!machine) return null
  if (machine.state === 'destroyed' || machine.state === 'destroying')
    return <MachineGone machine={machine} />
  return <SetupOrConsole key={id} machine={machine} />
}

/** The console exists from the last core phase on. */
export function hasConsole(machine: Machine): boolean {
  const { state, bootstrap } = machine
  if (state === 'provisioning') return false
  if (state === 'ready' || state === 'asleep' || state === 'waking') return true
  const core = bootstrap.phases.filter((phase) => phase.group === 'core')
  const isCoreDone =
    core.length > 0 && core.every((phase) => phase.state === 'done' || phase.state === 'skipped')
  return state === 'failed' ? false : isCoreDone
}

function SetupOrConsole({ machine }: { machine: Machine }) {
  const { launch, session } = useSearch({ from: '/dashboard/machines/$id/terminal' })
  const [attempt, setAttempt] = useState(1)
  const isUp = hasConsole(machine)
  const [sawSetup, setSawSetup] = useState(!isUp)
  if (!isUp && !sawSetup) setSawSetup(true)
  const transcript = useTranscript(machine.id, !isUp && machine.state !== 'unknown', attempt)
  if (!isUp) {
    return <Setup machine={machine} transcript={transcript} onRetried={() => setAttempt((all) => all + 1)} />
  }
  const preface = sawSetup ? prefaceOf(machine, transcript) : null
  return (
    <div className="console-frame">
      <ConsolePage machine={machine} launch={launch === 1} session={session ?? 'agent'} preface={preface} />
      {preface && <Leaving words={`Ready in ${preface.readyIn}`} />}
    </div>
  )
}

interface SetupProps {
  readonly machine: Machine
  readonly transcript: Transcript
  readonly onRetried: () => void
}

function Setup({ machine, transcript, onRetried }: SetupProps) {
  const machines = useMachines().data ?? []
  const { mutate, isPending } = useMachineCommand(machine.id)
  const canRetry = actionsFor(machine).retryBootstrap || transcript.state === 'failed'
  return (
    <BootstrapView
      machine={machine}
      transcript={transcript}
      onRetry={canRetry ? () => mutate({ kind: 'bootstrap' }, { onSuccess: onRetried }) : undefined}
      isPending={isPending}
      usualMs={usualSetupMs(machines, machine)}
      cancel={wasUsed(machine) ? null : <CancelSetup machine={machine} />}
    />
  )
}

/** Whether something has happened on it: then it is destroyed from its menu, by its name. */
function wasUsed({ createdAt, lastActivityAt }: Machine): boolean {
  return lastActivityAt > createdAt
}

/** What stood beside the transcript moves out of the way of the terminal. */
function Leaving({ words }: { words: string }) {
  const [isGone, setGone] = useState(false)
  if (isGone) return null
  return (
    <aside className="plan plan-leaving" inert onAnimationEnd={() => setGone(true)}>
      <p className="elapsed tabular">
        <b>{words}</b>
      </p>
    </aside>
  )
}
