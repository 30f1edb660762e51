import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useNow } from '../../components/age.tsx'
import { useLabels, useRuntimes } from '../../queries/catalogue.ts'
import { useMachine, useMachineCommand } from '../../queries/machines.ts'
import { DestroyDialog } from '../machines/destroy-dialog.tsx'
import { RunsPanel } from '../runs/runs-panel.tsx'
import { OverviewView } from './overview-view.tsx'

const minuteMs = 60_000

export function OverviewPage() {
  const { id } = useParams({ from: '/dashboard/machines/$id' })
  const { data: machine } = useMachine(id)
  const labels = useLabels()
  const runtimes = useRuntimes().data
  const nowMs = useNow(minuteMs)
  const navigate = useNavigate()
  const { mutate, isPending, error } = useMachineCommand(id)
  const [isDestroying, setDestroying] = useState(false)
  if (!machine) return null
  const runtime = runtimes?.find((each) => each.id === machine.runtime)
  return (
    <>
      <OverviewView
        machine={machine}
        labels={labels}
        hasGateway={runtime?.hasGateway === true}
        newestVersion={runtime?.version ?? null}
        nowMs={nowMs}
        isPending={isPending}
        error={error}
        onCommand={mutate}
        runs={runtime?.takesRuns && <RunsPanel machine={machine} />}
        onDestroy={() => setDestroying(true)}
      />
      {isDestroying && (
        <DestroyDialog
          machine={machine}
          onClose={() => setDestroying(false)}
          onDestroyed={() => {
            navigate({ to: '/dashboard' }).catch(reportError)
          }}
        />
      )}
    </>
  )
}
