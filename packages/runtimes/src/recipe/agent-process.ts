import type { AgentSignals, AgentState } from '@agent-machines/core'

/** How long an agent may take until its own signal is there. */
const startLimitMs = 10_000

/**
 * What the agent's process alone tells: ended, just started, or null when the runtime's signal must decide.
 */
export function stateOfProcess(signals: AgentSignals): AgentState | null {
  const { process } = signals
  if (!process)
    return { state: 'unknown', since: signals.observedAt, source: 'process', detail: 'not started' }
  if (process.state === 'running') return null
  const detail = process.exitCode === null ? {} : { detail: `exit code ${process.exitCode}` }
  return { state: 'exited', since: process.since, source: 'process', ...detail }
}

/**
 * A running agent whose own signal is not there: still starting for a while, then nobody knows.
 *
 * `now` counts, not the time of observation: a signal that never comes changes nothing that would be observed.
 */
export function stateWithoutSignal(
  signals: AgentSignals,
  now: Date,
  source: string,
  detail: string,
): AgentState {
  const since = signals.process?.since ?? signals.observedAt
  const age = now.getTime() - Date.parse(since)
  if (age >= 0 && age < startLimitMs) return { state: 'starting', since, source: 'process' }
  return { state: 'unknown', since: signals.observedAt, source, detail }
}
