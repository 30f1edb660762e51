import { AgentMachinesError, type EndReason } from '@agent-machines/core'

/** What a request gets from a console that has ended. */
export function endedError(reason: EndReason): AgentMachinesError {
  if (reason === 'asleep') return new AgentMachinesError('MACHINE_ASLEEP')
  if (reason === 'destroyed') return new AgentMachinesError('MACHINE_DESTROYED')
  return new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console was let go.')
}
