import type { Machine } from '@agent-machines/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Age } from '../../components/age.tsx'
import { StateGlyph } from '../../components/state-glyph.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import type { Labels } from '../../queries/catalogue.ts'
import { displayStateOf } from '../machines/display-state.ts'
import { gatewayWords } from '../machines/gateway-words.ts'
import { isWaiting } from '../machines/group-machines.ts'
import { needOf, rowNameOf } from '../machines/machine-sentences.ts'

export interface MachineRowProps {
  readonly machine: Machine
  readonly labels: Labels
  readonly nowMs: number
  /** Whether it stands in the group that calls for a person. */
  readonly needsYou: boolean
  readonly menu?: ReactNode
}

/** One machine in the fleet: the row is one link to its terminal. */
export function MachineRow({ machine, labels, nowMs, needsYou, menu }: MachineRowProps) {
  const waiting = isWaiting(machine)
  const need = needsYou ? needOf(machine) : null
  const gateway = machine.gateway && gatewayWords(machine.gateway)
  const runtime = labels.runtime(machine.runtime)
  const substrate = labels.substrate(machine.substrate)
  return (
    <li className={`row ${need ? 'row-need' : ''} ${waiting ? 'row-turn' : ''}`}>
      <StateGlyph shape={displayStateOf(machine).glyph} />
      <Link
        to="/dashboard/machines/$id/terminal"
        params={{ id: machine.id }}
        className="row-name cut"
        aria-label={rowNameOf(machine, labels, nowMs)}
      >
        {machine.name}
      </Link>
      <span className="row-state">
        <StateMark machine={machine} glyph={false} />
      </span>
      <span className="row-say">
        {need ? (
          <span>
            <span className="row-ask cut">{need.ask}</span>
            <span className="block cut text-12 text-ink-2">{need.kind}</span>
          </span>
        ) : (
          <span className="row-last cut">{machine.lastLine ?? ''}</span>
        )}
        {waiting && (
          <Link
            to="/dashboard/machines/$id/terminal"
            params={{ id: machine.id }}
            className="button button-small button-turn row-raised"
            aria-label={`Answer ${machine.name}`}
          >
            Answer
          </Link>
        )}
      </span>
      <span className="column-runtime cut text-ink-2">
        {runtime}
        {gateway && (
          <span className="row-gateway">
            <StateGlyph shape={gateway.glyph} />
            chat {machine.gateway?.state}
          </span>
        )}
      </span>
      <span className="column-substrate cut text-ink-2">{substrate}</span>
      <span className="column-age tabular text-right whitespace-nowrap text-ink-2">
        <Age since={machine.createdAt} />
      </span>
      <span className="row-more row-raised">{menu}</span>
      <span className="row-meta">
        {runtime}, {substrate}
        {gateway && `, chat ${machine.gateway?.state}`}
      </span>
    </li>
  )
}
