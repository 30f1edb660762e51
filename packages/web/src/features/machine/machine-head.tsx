import type { Machine } from '@agent-machines/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { Moon, Sun } from 'lucide-react'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { type Labels, useRuntimes } from '../../queries/catalogue.ts'
import { actionsFor } from '../machines/actions-for.ts'
import { inSentence } from '../machines/in-sentence.ts'
import { MachineMenu } from '../machines/machine-menu.tsx'
import { useSleepAndWake } from '../machines/use-sleep-and-wake.ts'
import { FleetSheet } from './fleet-sheet.tsx'

export interface MachineHeadProps {
  readonly machine: Machine
  readonly machines: readonly Machine[]
  readonly labels: Labels
}

const tabs = [
  { to: '/dashboard/machines/$id/terminal', end: 'terminal', label: 'Terminal' },
  { to: '/dashboard/machines/$id/chat', end: 'chat', label: 'Chat' },
  { to: '/dashboard/machines/$id', end: 'overview', label: 'Overview' },
] as const

function pageOf(path: string): (typeof tabs)[number]['end'] {
  return tabs.find(({ end }) => path.endsWith(`/${end}`))?.end ?? 'overview'
}

/** Name, state, the machine's pages and what can be done with it. */
export function MachineHead({ machine, machines, labels }: MachineHeadProps) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const takesRuns = useRuntimes().data?.find(({ id }) => id === machine.runtime)?.takesRuns === true
  const actions = actionsFor(machine)
  const { sleep, wake, isPending } = useSleepAndWake(machine)
  const params = { id: machine.id }
  return (
    <div className="machine-head">
      <FleetSheet machines={machines} current={machine.id} labels={labels} />
      <div className="machine-title">
        <h1 className="cut">{machine.name}</h1>
        <StateMark machine={machine} />
      </div>
      <nav className="machine-tabs" aria-label="Machine">
        {tabs.map(
          ({ to, end, label }) =>
            (end !== 'chat' || takesRuns) && (
              <Link
                key={to}
                to={to}
                params={params}
                activeOptions={{ exact: true }}
                className="tabs-link"
                aria-current={pageOf(path) === end ? 'page' : undefined}
              >
                {label}
              </Link>
            ),
        )}
      </nav>
      <span className="flex-1" />
      <Background machine={machine} />
      <span className="machine-what cut text-ink-3">
        {labels.runtime(machine.runtime)} on {inSentence(labels.substrate(machine.substrate))}
      </span>
      {actions.sleep && (
        <button type="button" className="button button-quiet wide-only" onClick={sleep} disabled={isPending}>
          <Moon className="icon" aria-hidden="true" />
          Sleep
        </button>
      )}
      {actions.wake && (
        <button type="button" className="button button-quiet wide-only" onClick={wake} disabled={isPending}>
          <Sun className="icon" aria-hidden="true" />
          Wake
        </button>
      )}
      <MachineMenu machine={machine} />
    </div>
  )
}

/** Phases that go on while the machine is already used. */
function Background({ machine }: { machine: Machine }) {
  const extra = machine.bootstrap.phases.filter((phase) => phase.group === 'extra')
  const done = extra.filter((phase) => phase.state !== 'pending' && phase.state !== 'running').length
  if (machine.state !== 'ready' || machine.bootstrap.state !== 'running' || done === extra.length) return null
  return (
    <span className="state wide-only">
      <StateGlyph shape="busy" />
      {done} of {extra.length} in the background
    </span>
  )
}
