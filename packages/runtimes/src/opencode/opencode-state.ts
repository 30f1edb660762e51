import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from '../recipe/agent-process.ts'
import { parseJsonLine, textIn } from '../recipe/json-line.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { saysLimit } from './opencode-limit.ts'

const source = 'plugin-events'

/** Reads what our plugin wrote of the CLI's events; anything it does not say is `unknown`. */
export function openCodeStateOf(signals: AgentSignals, now: Date): AgentState {
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
    case 'starting':
    case 'idle':
    case 'busy':
      return { state: told['state'], since, source }
    case 'waiting':
      return {
        state: 'waiting',
        since,
        source,
        ...detailOf(textIn(told['waitingFor']), textIn(told['asks'])),
      }
    case 'retrying':
      return retrying(textIn(told['message']) ?? '', isoOf(told['nextAt']), since)
    default:
      return without('the state file names no known state')
  }
}

/** A new try after a fault is work; after a limit nothing happens until then. */
function retrying(message: string, nextAt: string | null, since: string): AgentState {
  if (!saysLimit(message)) return { state: 'busy', since, source, ...detailOf('trying again', message) }
  return { state: 'limited', since, source, ...detailOf(nextAt && `until ${nextAt}`, message) }
}

/** A pid comes again on a machine that was started again. */
function isEarlier(startedAt: unknown, processSince: string | undefined): boolean {
  return typeof startedAt !== 'number' || startedAt < Date.parse(processSince ?? '')
}

function isoOf(time: unknown): string | null {
  return typeof time === 'number' && Number.isFinite(time) ? new Date(time).toISOString() : null
}
