import type { Client } from '@agent-machines/client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useClient } from '../queries/client-context.ts'
import { putMachine, refreshMachines, removeMachine } from '../queries/machines.ts'
import { readProof } from '../session/proof.ts'
import { followFleet } from './follow-fleet.ts'
import type { LiveMessage, TabMessage } from './live-message.ts'

/** Keeps every list and page current; tabs of one browser share one stream where the browser can. */
export function useLiveUpdates(onSignedOut: () => void): void {
  const client = useClient()
  const queryClient = useQueryClient()
  useEffect(() => {
    const receive = (message: LiveMessage) => {
      if (message.kind === 'event') applyEvent(queryClient, message.event)
      else if (message.signedOut) onSignedOut()
    }
    return join(client, receive)
  }, [client, queryClient, onSignedOut])
}

function join(client: Client, receive: (message: LiveMessage) => void): () => void {
  const proof = readProof()
  if (typeof SharedWorker === 'undefined' || !proof) {
    const stop = new AbortController()
    followFleet(client, receive, stop.signal).catch(reportError)
    return () => stop.abort()
  }
  const worker = new SharedWorker(new URL('./fleet-worker.ts', import.meta.url), {
    type: 'module',
    name: 'agent-machines-fleet',
  })
  const say = (message: TabMessage) => worker.port.postMessage(message)
  const leave = () => say({ kind: 'leave' })
  worker.port.onmessage = ({ data }: MessageEvent<LiveMessage>) => receive(data)
  say({ kind: 'join', proof })
  addEventListener('pagehide', leave)
  return () => {
    removeEventListener('pagehide', leave)
    leave()
    worker.port.close()
  }
}

function applyEvent(queryClient: QueryClient, event: Extract<LiveMessage, { kind: 'event' }>['event']): void {
  switch (event.event) {
    case 'connected':
      refreshMachines(queryClient)
      break
    case 'machine':
      putMachine(queryClient, event.machine)
      break
    case 'removed':
      removeMachine(queryClient, event.id)
  }
}
