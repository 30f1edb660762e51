import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from './agent-process.ts'
import { type JsonObject, parseJsonLine } from './json-line.ts'

const source = 'plugin-events'

type Told = Omit<AgentState, 'since' | 'source'>

/**
 * Reads the file in which a plugin of ours keeps what the CLI's events say: `pid`, `since`, and what `read` makes a
 * state of; the worker shows none that is older than the process. Without such a file, and where `read` gives null,
 * the state is not known.
 */
export function stateFromPlugin(
  signals: AgentSignals,
  now: Date,
  read: (told: JsonObject) => Told | null,
): AgentState {
  const ended = stateOfProcess(signals)
  if (ended) return ended
  const without = (why: string) => stateWithoutSignal(signals, now, source, why)
  if (!signals.file) return without('the state file is not there')
  const told = parseJsonLine(signals.file.content)
  const since = isoOf(told?.['since'])
  if (!told || !since) return without('the state file cannot be read')
  if (told['pid'] !== signals.process?.pid) return without('the state file is of another process')
  const seen = read(told)
  return seen === null ? without('the state file names no known state') : { ...seen, since, source }
}

export function isoOf(time: unknown): string | null {
  return typeof time === 'number' && Number.isFinite(time) ? new Date(time).toISOString() : null
}
