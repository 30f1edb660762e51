import type { Machine } from '@agent-machines/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useToast } from '../../components/toasts.tsx'
import { isWaiting, nextWaiting, waitingMachines } from '../machines/group-machines.ts'

/** Once the agent that was looked at waits no more, the next one that does is offered. */
export function useNextOffer(machine: Machine | undefined, machines: readonly Machine[]): void {
  const toast = useToast()
  const navigate = useNavigate()
  const waited = useRef<string | null>(null)
  const waits = machine !== undefined && isWaiting(machine)
  useEffect(() => {
    const wasAnswered = !waits && machine?.state === 'ready' && waited.current === machine.id
    waited.current = waits ? machine.id : null
    const next = wasAnswered ? nextWaiting(waitingMachines(machines), machine.id) : null
    if (!next) return
    const open = () => navigate({ to: '/dashboard/machines/$id/terminal', params: { id: next.id } })
    toast({
      text: `${next.name} waits as well`,
      shape: 'waiting',
      action: { label: 'Go to it', run: () => open().catch(reportError) },
    })
  }, [waits, machine, machines, toast, navigate])
}
