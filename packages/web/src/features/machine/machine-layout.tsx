import '../../styles/fleet.css'
import '../../styles/machine.css'
import type { Machine } from '@agent-machines/core'
import { Outlet, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { useMachine, useMachines } from '../../queries/machines.ts'
import { isTyping } from '../../routes/is-typing.ts'
import { isWaiting } from '../machines/group-machines.ts'
import { FleetColumn } from './fleet-column.tsx'
import { MachineHead } from './machine-head.tsx'
import { useNextOffer } from './use-next-offer.ts'

const noMachines: readonly Machine[] = []

/** The fleet, narrow, beside one machine. */
export function MachineLayout() {
  const { id } = useParams({ from: '/dashboard/machines/$id' })
  const { data: machine, error, refetch } = useMachine(id)
  const machines = useMachines().data ?? noMachines
  const labels = useLabels()
  const folded = useFold()
  useNextOffer(machine, machines)
  const title = machine ? `${isWaiting(machine) ? '◆ ' : ''}${machine.name}` : 'Machine'
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className="frame" data-folded={folded}>
      <FleetColumn machines={machines} current={id} labels={labels} />
      <main className="machine" id="main">
        {machine && (
          <>
            <MachineHead machine={machine} machines={machines} labels={labels} />
            <Outlet />
          </>
        )}
        {!machine && (
          <div className="page">
            {error ? (
              <Failure error={error} what="This machine could not be read." onRetry={() => void refetch()} />
            ) : (
              <Loading words="Asking for the machine…" />
            )}
          </div>
        )}
      </main>
    </div>
  )
}

/** `[` folds the fleet away and back. */
function useFold(): boolean {
  const [folded, setFolded] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === '[' && !event.metaKey && !event.ctrlKey && !event.altKey && !isTyping(event)) {
        setFolded((before) => !before)
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return folded
}
