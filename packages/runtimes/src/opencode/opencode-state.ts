import type { AgentSignals, AgentState } from '@agent-machines/core'
import { textIn } from '../recipe/json-line.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { isoOf, stateFromPlugin } from '../recipe/told-state.ts'
import { explainModelFailure } from '../runs/explain-model-failure.ts'

/** Reads what our plugin wrote of the CLI's events; anything it does not say is `unknown`. */
export function openCodeStateOf(signals: AgentSignals, now: Date): AgentState {
  return stateFromPlugin(signals, now, (told) => {
    switch (told['state']) {
      case 'starting':
      case 'idle':
      case 'busy':
        return { state: told['state'] }
      case 'waiting':
        return { state: 'waiting', ...detailOf(textIn(told['waitingFor']), textIn(told['asks'])) }
      case 'retrying':
        return retrying(textIn(told['message']) ?? '', isoOf(told['nextAt']))
      default:
        return null
    }
  })
}

/** A new try after a fault is work; after a limit nothing happens until then. */
function retrying(message: string, nextAt: string | null): Pick<AgentState, 'state' | 'detail'> {
  const cause = explainModelFailure({ status: null, said: message })?.cause
  if (cause?.code !== 'limited') return { state: 'busy', ...detailOf('trying again', message) }
  return { state: 'limited', ...detailOf(nextAt && `until ${nextAt}`, message) }
}
