import type { Machine } from '@agent-machines/core'
import { displayStateOf } from '../machines/display-state.ts'

/** Why the agent can be given nothing now; null when it can. */
export function blockedBy(machine: Machine): string | null {
  if (machine.state === 'ready') return null
  if (machine.state === 'asleep') return 'It is asleep. Wake it first.'
  return `Not while it is ${displayStateOf(machine).word.toLowerCase()}.`
}
