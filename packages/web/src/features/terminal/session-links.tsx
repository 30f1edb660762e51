import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { SessionTab } from './session-names.ts'

export interface SessionLinksProps {
  readonly machineId: string
  readonly session: string
  readonly tabs: readonly SessionTab[]
  readonly newSession: string
}

/** The consoles of a machine as tabs, and a way to one more. */
export function SessionLinks({ machineId, session, tabs, newSession }: SessionLinksProps) {
  return (
    <div className="glass-tabs">
      {tabs.map(({ name, label }) => (
        <Link
          key={name}
          to="/dashboard/machines/$id/terminal"
          params={{ id: machineId }}
          search={name === 'agent' ? {} : { session: name }}
          activeOptions={{ exact: true }}
          className="glass-tab"
          aria-current={name === session ? 'true' : undefined}
        >
          {label}
        </Link>
      ))}
      <Link
        to="/dashboard/machines/$id/terminal"
        params={{ id: machineId }}
        search={{ session: newSession }}
        className="button button-quiet button-icon"
        aria-label="New console"
        title="New console"
      >
        <Plus className="icon" aria-hidden="true" />
      </Link>
    </div>
  )
}
