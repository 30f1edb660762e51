import type { AgentState } from '@agent-machines/core'

/** Whether the new state says nothing new; the age of a state is the age of its first sight. */
export function sameObservation(before: AgentState | null, after: AgentState | null): boolean {
  if (before === null || after === null) return before === after
  return before.state === after.state && before.source === after.source && before.detail === after.detail
}
