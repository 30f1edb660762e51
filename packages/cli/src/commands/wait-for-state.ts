import type { Client } from '@agent-machines/client'
import { AgentMachinesError, type Machine, type MachineState } from '@agent-machines/core'

const firstPauseMs = 100
const longestPauseMs = 1000

/** Asks until the machine is in one of `states`; rejects after `timeoutMs`. */
export async function waitForState(
  client: Client,
  id: string,
  states: readonly MachineState[],
  { timeoutMs = 600_000, signal }: { timeoutMs?: number; signal: AbortSignal },
): Promise<Machine> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const stop = AbortSignal.any([signal, deadline])
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const machine = await client.machines.get(id, { signal })
    if (states.includes(machine.state)) return machine
    await pause(pauseMs, stop)
    if (signal.aborted) throw signal.reason
    if (deadline.aborted) {
      throw new AgentMachinesError('MACHINE_NOT_READY', `${machine.name} is still ${machine.state}.`)
    }
  }
}

/** Why a machine that was waited for is not as it should be. */
export function notReached({ name, state, stateDetail, stateReason }: Machine): AgentMachinesError {
  const why = stateDetail ?? stateReason ?? ''
  return new AgentMachinesError('MACHINE_NOT_READY', `${name} is ${state}. ${why}`.trim())
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
