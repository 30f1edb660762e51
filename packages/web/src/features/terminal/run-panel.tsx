import { isAgentMachinesError } from '@agent-machines/core'
import { X } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useClient } from '../../queries/client-context.ts'

interface Run {
  readonly parts: readonly { readonly stream: 'stdout' | 'stderr'; readonly text: string }[]
  readonly end: string | null
}

const keptParts = 2000

/** Runs one command beside the console and shows what it prints. */
export function RunPanel({ machineId, onClose }: { machineId: string; onClose: () => void }) {
  const client = useClient()
  const [command, setCommand] = useState('')
  const [run, setRun] = useState<Run | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const isRunning = run !== null && run.end === null
  const start = async () => {
    const controller = new AbortController()
    stop.current = controller
    setRun({ parts: [], end: null })
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
    const startedMs = performance.now()
    try {
      for await (const event of client.machines.execStream(
        machineId,
        { command },
        { signal: controller.signal },
      )) {
        if (event.event === 'output') {
          const text = decoders[event.stream].decode(event.bytes, { stream: true })
          setRun(
            (before) =>
              before && {
                ...before,
                parts: [...before.parts, { stream: event.stream, text }].slice(-keptParts),
              },
          )
        } else if (event.event === 'done') {
          const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
          setRun((before) => before && { ...before, end: `exit code ${event.exitCode}, ${seconds} s` })
        }
      }
    } catch (error) {
      const end = controller.signal.aborted
        ? 'stopped'
        : isAgentMachinesError(error)
          ? error.message
          : String(error)
      setRun((before) => before && { ...before, end })
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (command.trim() && !isRunning) start().catch(reportError)
  }
  return (
    <section className="run-panel" aria-label="Run one command">
      <form onSubmit={submit}>
        <input
          // biome-ignore lint/a11y/noAutofocus: opened to type into
          autoFocus
          className="glass-field"
          value={command}
          placeholder="One command, run by /bin/sh in the machine’s home"
          aria-label="Command"
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setCommand(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onClose()
          }}
        />
        {isRunning ? (
          <button type="button" className="take-over" onClick={() => stop.current?.abort()}>
            Stop
          </button>
        ) : (
          <button type="submit" className="take-over" disabled={!command.trim()}>
            Run
          </button>
        )}
        <button
          type="button"
          className="button button-quiet button-icon"
          aria-label="Close"
          onClick={onClose}
        >
          <X className="icon" aria-hidden="true" />
        </button>
      </form>
      {run && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the keyboard
        <pre tabIndex={0} role="log" aria-label="Output">
          {run.parts.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever added at the end
            <span key={index} className={part.stream === 'stderr' ? 'run-error' : undefined}>
              {part.text}
            </span>
          ))}
          <span className="block text-glass-ink-2" role="status">
            {run.end ?? 'running…'}
          </span>
        </pre>
      )}
    </section>
  )
}
