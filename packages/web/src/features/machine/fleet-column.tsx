import type { Machine } from '@agent-machines/core'
import { Link } from '@tanstack/react-router'
import { Age, useNow } from '../../components/age.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import type { Labels } from '../../queries/catalogue.ts'
import { displayStateOf } from '../machines/display-state.ts'
import { groupLabels, groupMachines } from '../machines/group-machines.ts'
import { inSentence } from '../machines/in-sentence.ts'
import { needOf } from '../machines/machine-sentences.ts'

const orderMs = 2000

export interface FleetColumnProps {
  readonly machines: readonly Machine[]
  readonly current: string
  readonly labels: Labels
}

export function FleetColumn(props: FleetColumnProps) {
  return (
    <aside className="side" aria-label="Fleet">
      <FleetList {...props} />
    </aside>
  )
}

export function FleetList({ machines, current, labels }: FleetColumnProps) {
  const nowMs = useNow(orderMs)
  return (
    <>
      {groupMachines(machines, nowMs).map((group) => (
        <section key={group.id}>
          <h2 className="group-title">
            <span>{groupLabels[group.id]}</span>
            <span className="count">{group.machines.length}</span>
          </h2>
          {group.machines.map((machine) => (
            <Link
              key={machine.id}
              to="/dashboard/machines/$id/terminal"
              params={{ id: machine.id }}
              className="mini"
              aria-current={machine.id === current ? 'true' : undefined}
            >
              <Mini machine={machine} labels={labels} needsYou={group.id === 'needs-you'} />
            </Link>
          ))}
        </section>
      ))}
    </>
  )
}

function Mini({ machine, labels, needsYou }: { machine: Machine; labels: Labels; needsYou: boolean }) {
  const state = displayStateOf(machine)
  const need = needsYou ? needOf(machine) : null
  const line = need?.ask ?? machine.lastLine
  return (
    <>
      <StateGlyph shape={state.glyph} />
      <span className="mini-name cut">{machine.name}</span>
      <span className="sr-only">, {state.word.toLowerCase()} </span>
      <span className="mini-time">{state.extra ?? (state.since && <Age since={state.since} />)}</span>
      {line && <span className={`mini-line cut ${need ? '' : 'mono'}`}>{line}</span>}
      <span className="sr-only">
        , {labels.runtime(machine.runtime)} on {inSentence(labels.substrate(machine.substrate))}
      </span>
    </>
  )
}
