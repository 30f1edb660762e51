import type { BootstrapPhase } from '@agent-machines/core'
import { useEffect, useReducer } from 'react'
import { useClient } from '../../queries/client-context.ts'
import { emptyTranscript, type Transcript, type TranscriptChange, transcriptAfter } from './transcript.ts'

/** Follows a bootstrap from its first line; `attempt` begins anew after a retry. */
export function useTranscript(machineId: string, isOn: boolean, attempt: number): Transcript {
  const client = useClient()
  const [transcript, change] = useReducer(transcriptAfter, emptyTranscript)
  useEffect(() => {
    if (!isOn) return
    const stop = new AbortController()
    change({ kind: 'begin', attempt })
    const follow = async () => {
      for await (const event of client.machines.bootstrapStream(machineId, { signal: stop.signal })) {
        change(changeOf(event))
      }
    }
    follow().catch((error: unknown) => {
      if (!stop.signal.aborted) change({ kind: 'broken', error })
    })
    return () => stop.abort()
  }, [client, machineId, isOn, attempt])
  return transcript
}

function changeOf(
  event:
    | { event: 'phase'; phase: BootstrapPhase }
    | { event: 'log'; phase: string; text: string }
    | { event: 'done'; state: Transcript['state'] },
): TranscriptChange {
  switch (event.event) {
    case 'phase':
      return { kind: 'phase', phase: event.phase }
    case 'log':
      return { kind: 'log', phase: event.phase, text: event.text }
    case 'done':
      return { kind: 'done', state: event.state }
  }
}
