import '../../styles/runs.css'
import type { Machine } from '@agent-machines/core'
import { useState } from 'react'
import { useCancelRun, useRuns, useStartRun } from '../../queries/runs.ts'
import { blockedBy } from './blocked-by.ts'
import { RunsView } from './runs-view.tsx'
import { useRunEvents } from './use-run-events.ts'

/** The runs of one machine, the opened one live. */
export function RunsPanel({ machine }: { machine: Machine }) {
  const runs = useRuns(machine.id, 'run')
  const start = useStartRun(machine.id, 'run')
  const cancel = useCancelRun(machine.id, 'run')
  const [openedId, setOpenedId] = useState<string | null>(null)
  const opened = useRunEvents(machine.id, openedId)
  return (
    <RunsView
      blocked={blockedBy(machine)}
      isPending={start.isPending}
      onStart={(run, onTaken) =>
        start.mutate(run, {
          onSuccess(started) {
            setOpenedId(started.id)
            onTaken()
          },
        })
      }
      runs={runs.data}
      readError={runs.error}
      actionError={start.error ?? cancel.error}
      openedId={openedId}
      opened={opened}
      onRetry={() => void runs.refetch()}
      onOpen={setOpenedId}
      onCancel={cancel.mutate}
    />
  )
}
