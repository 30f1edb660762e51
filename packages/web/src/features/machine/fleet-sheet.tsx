import type { Machine } from '@agent-machines/core'
import { Link } from '@tanstack/react-router'
import { PanelLeft, Plus, Settings } from 'lucide-react'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Mark } from '../../components/mark.tsx'
import type { Labels } from '../../queries/catalogue.ts'
import { waitingMachines } from '../machines/group-machines.ts'
import { FleetList } from './fleet-column.tsx'

export interface FleetSheetProps {
  readonly machines: readonly Machine[]
  readonly current: string
  readonly labels: Labels
}

/** The fleet beside a machine where there is no room for a column: it comes from the left. */
export function FleetSheet({ machines, current, labels }: FleetSheetProps) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  const waiting = waitingMachines(machines).filter((each) => each.id !== current).length
  const label = waiting > 0 ? `Fleet, ${waiting} waiting` : 'Fleet'
  return (
    <>
      <button
        type="button"
        className="button button-quiet button-icon fleet-button"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {waiting > 0 ? <Mark waiting /> : <PanelLeft className="icon" aria-hidden="true" />}
      </button>
      {isOpen && (
        <Dialog kind="sheet sheet-left" title="Fleet" onClose={close}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: following any link inside closes the sheet */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click */}
          <div
            onClick={(event) => {
              if (event.target instanceof Element && event.target.closest('a')) close()
            }}
          >
            <FleetList machines={machines} current={current} labels={labels} />
            <nav className="sheet-links" aria-label="Main">
              <Link to="/dashboard" className="button">
                The whole fleet
              </Link>
              <Link to="/dashboard/deploy" className="button">
                <Plus className="icon" aria-hidden="true" />
                Deploy
              </Link>
              <Link to="/dashboard/settings" className="button">
                <Settings className="icon" aria-hidden="true" />
                Settings
              </Link>
            </nav>
          </div>
        </Dialog>
      )}
    </>
  )
}
