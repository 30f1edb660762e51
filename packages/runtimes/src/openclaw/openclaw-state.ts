import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from '../recipe/agent-process.ts'
import { parseJsonLine, textIn } from '../recipe/json-line.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { saysReady } from './openclaw-screen.ts'

const source = 'plugin-events'

/** Reads what our plugin wrote of the CLI's events; anything it does not say is `unknown`. */
export function openClawStateOf(signals: AgentSignals, now: Date): AgentState {
  const ended = stateOfProcess(signals)
  if (ended) return ended
  const without = (why: string) => stateWithoutSignal(signals, now, source, why)
  if (!signals.file) return without('the state file is not there')
  const told = parseJsonLine(signals.file.content)
  const since = isoOf(told?.['since'])
  if (!told || !since) return without('the state file cannot be read')
  if (told['pid'] !== signals.process?.pid || isEarlier(told['startedAt'], signals.process?.since)) {
    return without('the state file is of another process')
  }
  switch (told['state']) {
    case 'started':
      // The plugin is loaded a while before the prompt takes a task; no event tells when it does.
      return { state: saysReady(signals.screen ?? []) ? 'idle' : 'starting', since, source }
    case 'idle':
    case 'busy':
      return { state: told['state'], since, source }
    case 'waiting':
      return { state: 'waiting', since, source, ...detailOf('question', textIn(told['asks'])) }
    case 'limited': {
      const until = isoOf(told['nextAt'])
      return {
        state: 'limited',
        since,
        source,
        ...detailOf(until && `until ${until}`, textIn(told['message'])),
      }
    }
    default:
      return without('the state file names no known state')
  }
}

/** A pid comes again on a machine that was started again. */
function isEarlier(startedAt: unknown, processSince: string | undefined): boolean {
  return typeof startedAt !== 'number' || startedAt < Date.parse(processSince ?? '')
}

function isoOf(time: unknown): string | null {
  return typeof time === 'number' && Number.isFinite(time) ? new Date(time).toISOString() : null
}
