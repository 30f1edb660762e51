import type { Machine } from '@agent-machines/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { Plus, Settings } from 'lucide-react'
import { Mark } from '../components/mark.tsx'
import { StateGlyph } from '../components/state-glyph.tsx'

export function TopBar({ waiting }: { waiting: readonly Machine[] }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const isFleet = /^\/dashboard(\/|\/machines.*)?$/.test(path)
  const longest = waiting[0]
  return (
    <header className="top">
      <Link to="/dashboard" className="mark" aria-label="Agent Machines, fleet">
        <Mark waiting={waiting.length > 0} />
        <span className="mark-name">Agent Machines</span>
      </Link>
      <nav aria-label="Main">
        <Link to="/dashboard" className="tabs-link" aria-current={isFleet ? 'page' : undefined}>
          Fleet
        </Link>
      </nav>
      <span className="flex-1" />
      {longest && (
        <Link
          to="/dashboard/machines/$id/terminal"
          params={{ id: longest.id }}
          className="state mr-3"
          title="Go to the longest waiting agent"
        >
          <StateGlyph shape="waiting" />
          <span className="word-waiting">{waiting.length} waiting</span>
        </Link>
      )}
      {!path.startsWith('/dashboard/deploy') && (
        <Link to="/dashboard/deploy" className="button button-primary">
          <Plus className="icon" aria-hidden="true" />
          Deploy
        </Link>
      )}
      <Link
        to="/dashboard/settings"
        className="button button-quiet button-icon"
        aria-label="Settings"
        title="Settings"
        aria-current={path.startsWith('/dashboard/settings') ? 'page' : undefined}
      >
        <Settings className="icon" aria-hidden="true" />
      </Link>
    </header>
  )
}
