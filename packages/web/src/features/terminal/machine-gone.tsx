import type { Machine } from '@agent-machines/core'
import { Link } from '@tanstack/react-router'

export function MachineGone({ machine }: { machine: Machine }) {
  const isGone = machine.state === 'destroyed'
  return (
    <div className="page">
      <div className="hero">
        <h1>{isGone ? `${machine.name} is destroyed` : `${machine.name} is being destroyed`}</h1>
        <p>
          {isGone
            ? 'Its processes and files are gone. It is listed for 30 days.'
            : 'Its processes end and its files are deleted. This page follows.'}
        </p>
        <Link to="/dashboard/deploy" className="button button-primary mt-5">
          Deploy a new one
        </Link>
      </div>
    </div>
  )
}
