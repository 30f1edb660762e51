import '../../styles/fleet.css'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useNow } from '../../components/age.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useLabels } from '../../queries/catalogue.ts'
import { useMachines } from '../../queries/machines.ts'
import { isTyping } from '../../routes/is-typing.ts'
import { groupIds, waitingMachines } from '../machines/group-machines.ts'
import { FleetView } from './fleet-view.tsx'

const EmptyFleet = lazy(() =>
  import('./empty-fleet-page.tsx').then((each) => ({ default: each.EmptyFleetPage })),
)
const MachineMenu = lazy(() =>
  import('../machines/machine-menu.tsx').then((each) => ({ default: each.MachineMenu })),
)
/** Groups change with time as well; their order is looked at this often. */
const orderMs = 2000

export function FleetPage() {
  const { data: machines, error, refetch } = useMachines()
  const labels = useLabels()
  const nowMs = useNow(orderMs)
  const navigate = useNavigate()
  const search = useSearch({ strict: false })
  const filterField = useRef<HTMLInputElement>(null)
  useListKeys(filterField)
  const waiting = waitingMachines(machines ?? []).length
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Fleet` : 'Fleet'
  }, [waiting])
  if (!machines) {
    return (
      <main className="page" id="main">
        <h1 className="page-title mb-4">Fleet</h1>
        {error ? (
          <Failure error={error} what="The fleet could not be read." onRetry={() => void refetch()} />
        ) : (
          <Loading words="Asking for the machines…" rows={4} />
        )}
      </main>
    )
  }
  if (machines.length === 0) {
    return (
      <Suspense fallback={<main className="page" id="main" />}>
        <EmptyFleet />
      </Suspense>
    )
  }
  const group = groupIds.find((each) => each === search.group) ?? null
  const onFilter = (filter: string) => {
    const next = { ...(group ? { group } : {}), ...(filter ? { filter } : {}) }
    navigate({ to: '/dashboard', search: next, replace: true }).catch(reportError)
  }
  return (
    <>
      {error && (
        <div className="px-6 pt-4">
          <Failure error={error} what="The list is as it was last read." onRetry={() => void refetch()} />
        </div>
      )}
      <FleetView
        machines={machines}
        labels={labels}
        nowMs={nowMs}
        group={group}
        filter={search.filter ?? ''}
        filterField={filterField}
        onFilter={onFilter}
        menuOf={(machine) => (
          <Suspense>
            <MachineMenu machine={machine} />
          </Suspense>
        )}
      />
    </>
  )
}

/** `/` goes to the filter; `j` and `k` walk the rows. */
function useListKeys(filterField: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      if (event.key === '/') {
        event.preventDefault()
        filterField.current?.focus()
      } else if (event.key === 'j' || event.key === 'k') {
        walkRows(event.key === 'j' ? 1 : -1)
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [filterField])
}

function walkRows(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.row-name')]
  const index = rows.indexOf(document.activeElement as HTMLElement)
  rows[
    index < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, index + step))
  ]?.focus()
}
