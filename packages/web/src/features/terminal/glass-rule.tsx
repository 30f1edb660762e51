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
export function wordsOfRest({ from, to, cause, processes, conversation }: ConsoleRest): string {
  const when =
    cause === 'sleep'
      ? `slept ${clockOf(from)} to ${clockOf(to)}`
      : `its processes ended after ${clockOf(from)}, started again ${clockOf(to)}`
  return `${when}, ${becameOf(processes, conversation)}`
}

function becameOf(processes: ConsoleRest['processes'], conversation: ConsoleRest['conversation']): string {
  if (processes === 'kept') return 'everything went on'
  return conversation === 'resumed' ? 'the conversation was resumed' : 'the files are here'
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
