import type { Machine } from '@agent-machines/core'
import { useEffect } from 'react'
import { useRuntimes } from '../../queries/catalogue.ts'
import { readOpenedSessions, rememberSession } from './opened-sessions.ts'
import { sessionTabs } from './session-names.ts'

/** The tabs of a machine's consoles; the one that is looked at is remembered. */
export function useSessionTabs(machine: Machine, session: string) {
  const runtime = useRuntimes().data?.find((each) => each.id === machine.runtime)
  useEffect(() => rememberSession(machine.id, session), [machine.id, session])
  return sessionTabs(
    session,
    readOpenedSessions(machine.id),
    runtime ? runtime.hasAgent : machine.agent !== null,
  )
}
