import type { AgentSignals, AgentState } from '@agent-machines/core'

/**
 * Remembers that an agent has shown its own signal, so that losing it later is not taken for a start.
 *
 * One launch of the process counts: after the next one the agent may take its time again.
 */
export class StartedAgent {
  #launchedAt: string | undefined
  #source = ''

  judge(signals: AgentSignals, seen: AgentState | null): AgentState | null {
    if (seen === null) return null
    const launchedAt = signals.process?.since
    const isWithoutSignal = seen.state === 'starting' && seen.source === 'process'
    if (isWithoutSignal && launchedAt !== undefined && launchedAt === this.#launchedAt) {
      return {
        state: 'unknown',
        since: signals.observedAt,
        source: this.#source,
        detail: 'its signal is gone',
      }
    }
    if (seen.source !== 'process' && seen.state !== 'unknown') {
      this.#launchedAt = launchedAt
      this.#source = seen.source
    }
    return seen
  }
}
