import type { Machine } from '@agent-machines/core'
import { Link } from '@tanstack/react-router'
import { ListFilter } from 'lucide-react'
import { type ReactNode, type RefObject, useState } from 'react'
import type { Labels } from '../../queries/catalogue.ts'
import {
  filterMachines,
  type GroupId,
  groupIds,
  groupLabels,
  groupMachines,
  type MachineGroup,
} from '../machines/group-machines.ts'
import { inSentence } from '../machines/in-sentence.ts'
import { MachineRow } from './machine-row.tsx'

export interface FleetViewProps {
  readonly machines: readonly Machine[]
  readonly labels: Labels
  readonly nowMs: number
  readonly group: GroupId | null
  readonly filter: string
  readonly filterField?: RefObject<HTMLInputElement | null>
  readonly onFilter: (filter: string) => void
  readonly menuOf?: ((machine: Machine) => ReactNode) | undefined
}

const foldAfter = 20

export function FleetView(props: FleetViewProps) {
  const { machines, labels, nowMs, group, filter } = props
  const groups = groupMachines(filterMachines(machines, filter), nowMs)
  const shown = group ? groups.filter((each) => each.id === group) : groups
  const substrates = new Set(machines.map((each) => each.substrate)).size
  return (
    <main className="page" id="main">
      <div className="page-head">
        <h1 className="page-title">Fleet</h1>
        <Chips groups={groups} current={group} filter={filter} />
        <span className="flex-1" />
        <label className="field max-w-[208px]">
          <ListFilter className="icon" aria-hidden="true" />
          <input
            ref={props.filterField}
            value={filter}
            onChange={(event) => props.onFilter(event.target.value)}
            placeholder="Filter"
            aria-label="Filter machines by any word"
            spellCheck={false}
          />
          <kbd className="wide-only">/</kbd>
        </label>
      </div>
      {shown.length === 0 && (
        <NothingMatches filter={filter} group={group} onClear={() => props.onFilter('')} />
      )}
      {shown.map((each, index) => (
        <Group
          key={each.id}
          group={each}
          first={index === 0}
          labels={labels}
          nowMs={nowMs}
          menuOf={props.menuOf}
        />
      ))}
      <p className="px-3 pt-3.5 text-12 text-ink-3">
        {machines.length} {machines.length === 1 ? 'machine' : 'machines'} on{' '}
        {substrates === 1
          ? inSentence(labels.substrate(machines[0]?.substrate ?? ''))
          : `${substrates} substrates`}
        .
      </p>
    </main>
  )
}

function Chips({
  groups,
  current,
  filter,
}: {
  groups: readonly MachineGroup[]
  current: GroupId | null
  filter: string
}) {
  const countOf = (id: GroupId) => groups.find((each) => each.id === id)?.machines.length ?? 0
  const total = groupIds.reduce((sum, id) => sum + countOf(id), 0)
  const kept = filter ? { filter } : {}
  return (
    <nav className="chips" aria-label="Filter by state">
      <Link
        to="/dashboard"
        search={kept}
        activeOptions={{ exact: true }}
        className="chip"
        aria-current={current ? undefined : 'true'}
      >
        All <b>{total}</b>
      </Link>
      {groupIds.filter(countOf).map((id) => (
        <Link
          key={id}
          to="/dashboard"
          search={{ ...kept, group: id }}
          activeOptions={{ exact: true }}
          className="chip"
          aria-current={current === id ? 'true' : undefined}
        >
          {groupLabels[id]} <b>{countOf(id)}</b>
        </Link>
      ))}
    </nav>
  )
}

function Group({
  group,
  first,
  labels,
  nowMs,
  menuOf,
}: Pick<FleetViewProps, 'labels' | 'nowMs' | 'menuOf'> & { group: MachineGroup; first: boolean }) {
  const [unfolded, setUnfolded] = useState(false)
  const title = (
    <h2 className="group-title">
      <span>{groupLabels[group.id]}</span>
      <span className="count">{group.machines.length}</span>
    </h2>
  )
  const shown = unfolded ? group.machines : group.machines.slice(0, foldAfter)
  const hidden = group.machines.length - shown.length
  return (
    <section className="group">
      {first ? (
        <div className="columns">
          {title}
          <span>Runtime</span>
          <span className="column-substrate">Substrate</span>
          <span className="text-right">Age</span>
          <span />
        </div>
      ) : (
        title
      )}
      <ul className="rows">
        {shown.map((machine) => (
          <MachineRow
            key={machine.id}
            machine={machine}
            labels={labels}
            nowMs={nowMs}
            needsYou={group.id === 'needs-you'}
            menu={menuOf?.(machine)}
          />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="button button-quiet mt-1" onClick={() => setUnfolded(true)}>
          Show {hidden} more
        </button>
      )}
    </section>
  )
}

function NothingMatches({
  filter,
  group,
  onClear,
}: {
  filter: string
  group: GroupId | null
  onClear: () => void
}) {
  const what = filter ? `“${filter}”` : group ? `“${groupLabels[group]}”` : 'this'
  return (
    <p className="px-3 py-6 text-ink-2">
      Nothing matches {what}.{' '}
      {filter ? (
        <button type="button" className="link text-ink" onClick={onClear}>
          Clear the filter
        </button>
      ) : (
        <Link to="/dashboard" className="link text-ink">
          Show all
        </Link>
      )}
    </p>
  )
}
