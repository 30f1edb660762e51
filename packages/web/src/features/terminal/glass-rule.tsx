import type { ConsoleRest } from '@agent-machines/core'
import { X } from 'lucide-react'
import { useState } from 'react'
import { type ConsoleStatus, isWatching } from './console-status.ts'

/** A dim line inside the glass for what happened to the console; the program never sees it. */
export function GlassRule({ machineId, status }: { machineId: string; status: ConsoleStatus }) {
  const storageKey = `am.rest.${machineId}`
  const [seen, setSeen] = useState(() => localStorage.getItem(storageKey))
  const { rest, driver } = status
  if (isWatching(status) && driver) {
    return <Rule text={`${driver.label || 'Somebody else'} drives since ${clockOf(driver.since)}`} />
  }
  if (!rest || rest.to === seen) return null
  const hide = () => {
    localStorage.setItem(storageKey, rest.to)
    setSeen(rest.to)
  }
  return <Rule text={wordsOfRest(rest)} onHide={hide} />
}

/** `slept 14:02 to 15:31, the conversation was resumed` */
export function wordsOfRest({ from, to, processes, conversation }: ConsoleRest): string {
  const became =
    conversation === 'resumed'
      ? 'the conversation was resumed'
      : conversation === 'new'
        ? 'a new conversation began'
        : processes === 'kept'
          ? 'everything went on'
          : 'processes ended, files are here'
  return `slept ${clockOf(from)} to ${clockOf(to)}, ${became}`
}

function Rule({ text, onHide }: { text: string; onHide?: () => void }) {
  return (
    <div className="glass-rule" role="note">
      <span>{text}</span>
      {onHide && (
        <button
          type="button"
          className="button button-quiet button-icon"
          aria-label="Hide this line"
          onClick={onHide}
        >
          <X className="icon" aria-hidden="true" />
        </button>
      )}
    </div>
  )
}

function clockOf(time: string): string {
  return new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
}
