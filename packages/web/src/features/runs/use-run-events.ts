import type { StoredRunEvent } from '@agent-machines/core'
import { useEffect, useState } from 'react'
import { useClient } from '../../queries/client-context.ts'

export interface RunEvents {
  readonly events: readonly StoredRunEvent[]
  readonly error: unknown
}

const nothing: RunEvents = { events: [], error: null }
/** A run can do more than a page can show. */
const kept = 1000

/** What a run did and does, while it is looked at; null follows none. */
export function useRunEvents(machineId: string, runId: string | null): RunEvents {
  const client = useClient()
  const [read, setRead] = useState(nothing)
  useEffect(() => {
    setRead(nothing)
    if (runId === null) return
    const leaving = new AbortController()
    const follow = async () => {
      for await (const event of client.runs.stream(machineId, runId, { signal: leaving.signal }))
        setRead(({ events }) => ({ events: [...events, event].slice(-kept), error: null }))
    }
    follow().catch((error: unknown) => {
      if (!leaving.signal.aborted) setRead(({ events }) => ({ events, error }))
    })
    return () => leaving.abort()
  }, [client, machineId, runId])
  return read
}
