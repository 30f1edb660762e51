import '../../styles/chat.css'
import '../../styles/runs.css'
import { isRunOver, type Machine, type Run, type RuntimeEntry } from '@agent-machines/core'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useRuntimes } from '../../queries/catalogue.ts'
import { useMachine } from '../../queries/machines.ts'
import { useCancelRun, useRuns, useStartRun } from '../../queries/runs.ts'
import { blockedBy } from '../runs/blocked-by.ts'
import { useRunEvents } from '../runs/use-run-events.ts'
import { ChatView } from './chat-view.tsx'
import { conversationsOf, goingOn } from './conversations.ts'
import { HowReached } from './how-reached.tsx'
import { Turn } from './turn.tsx'

/** A conversation with a machine's agent. */
export function ChatPage() {
  const { id } = useParams({ from: '/dashboard/machines/$id' })
  const { data: machine } = useMachine(id)
  const runtimes = useRuntimes()
  const runtime = runtimes.data?.find((each) => each.id === machine?.runtime)
  if (runtimes.error && !runtime)
    return (
      <Failure
        error={runtimes.error}
        what="Whether it can be talked to could not be read."
        onRetry={() => void runtimes.refetch()}
      />
    )
  if (!machine || !runtime) return <Loading words="Asking for its agent…" rows={2} />
  if (!runtime.takesRuns) return <NobodyThere id={id} />
  return <Chat key={id} machine={machine} runtime={runtime} />
}

function NobodyThere({ id }: { id: string }) {
  return (
    <p className="chat-empty text-ink-2">
      There is no agent to talk to on this machine.{' '}
      <Link to="/dashboard/machines/$id/terminal" params={{ id }} className="link">
        Open its terminal
      </Link>
    </p>
  )
}

function Chat({ machine, runtime }: { machine: Machine; runtime: RuntimeEntry }) {
  const runs = useRuns(machine.id, 'chat')
  const start = useStartRun(machine.id, 'chat')
  const cancel = useCancelRun(machine.id, 'chat')
  /** Undefined for the newest conversation, null for one to begin. */
  const [opened, setOpened] = useState<string | null | undefined>(undefined)
  const conversations = runs.data && conversationsOf(runs.data)
  const current =
    (opened === undefined ? conversations?.[0] : conversations?.find(({ id }) => id === opened)) ?? null
  const going = current ? goingOn(current) : undefined
  return (
    <ChatView
      conversations={conversations}
      current={current}
      readError={runs.error}
      actionError={start.error ?? cancel.error}
      blocked={blockedBy(machine)}
      how={<HowReached machine={machine} runtime={runtime} />}
      isPending={start.isPending}
      onRetry={() => void runs.refetch()}
      onOpen={setOpened}
      onStop={going ? () => cancel.mutate(going.id) : null}
      onSend={({ text, allowAll }, onTaken) =>
        start.mutate(
          {
            task: text,
            origin: 'chat',
            permissions: allowAll ? 'all' : 'configured',
            ...(current?.session ? { session: current.session } : {}),
          },
          {
            onSuccess(run) {
              if (current === null) setOpened(run.id)
              onTaken()
            },
          },
        )
      }
      turn={(run) => <LiveTurn key={run.id} machineId={machine.id} run={run} onEnd={runs.refetch} />}
    />
  )
}

interface LiveTurnProps {
  readonly machineId: string
  readonly run: Run
  /** Called when the agent is seen to be done, before the list of runs says so. */
  readonly onEnd: () => unknown
}

function LiveTurn({ machineId, run, onEnd }: LiveTurnProps) {
  const read = useRunEvents(machineId, run.id)
  const hasJustEnded = read.events.at(-1)?.event === 'end' && !isRunOver(run.state)
  useEffect(() => {
    if (hasJustEnded) onEnd()
  }, [hasJustEnded, onEnd])
  return <Turn run={run} read={read} />
}
