import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from '../recipe/agent-process.ts'
import { parseJsonLine, textIn } from '../recipe/json-line.ts'
import { detailOf } from '../recipe/screen-text.ts'

const source = 'state-file'

/** Reads what `console.py` wrote down of the CLI it runs; anything it does not say is `unknown`. */
export function hermesStateOf(signals: AgentSignals, now: Date): AgentState {
  const ended = stateOfProcess(signals)
  if (ended) return ended
  if (!signals.file) return stateWithoutSignal(signals, now, source, 'the state file is not there')
  const record = parseJsonLine(signals.file.content)
  if (!record) return stateWithoutSignal(signals, now, source, 'the state file cannot be read')
  if (record['pid'] !== signals.process?.pid) {
    return stateWithoutSignal(signals, now, source, 'the state file is of another process')
  }
  const at = record['since']
  const since = typeof at === 'number' ? new Date(at).toISOString() : signals.file.changedAt
  switch (record['state']) {
    case 'starting':
    case 'idle':
    case 'busy':
      return { state: record['state'], since, source }
    case 'waiting':
      return { state: 'waiting', since, source, ...detailOf(textIn(record['detail']), null) }
    default:
      return stateWithoutSignal(signals, now, source, 'the state file names no known state')
  }
}
