import type { AgentSignals, AgentState } from '@agent-machines/core'
import { textIn } from '../recipe/json-line.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { isoOf, stateFromPlugin } from '../recipe/told-state.ts'
import { saysReady } from './openclaw-screen.ts'

/** Reads what our plugin wrote of the CLI's events; anything it does not say is `unknown`. */
export function openClawStateOf(signals: AgentSignals, now: Date): AgentState {
  return stateFromPlugin(signals, now, (told) => {
    switch (told['state']) {
      case 'started':
        // The plugin is loaded a while before the prompt takes a task; no event tells when it does.
        return { state: saysReady(signals.screen ?? []) ? 'idle' : 'starting' }
      case 'idle':
      case 'busy':
        return { state: told['state'] }
      case 'waiting':
        return { state: 'waiting', ...detailOf('question', textIn(told['asks'])) }
      case 'limited': {
        const until = isoOf(told['nextAt'])
        return { state: 'limited', ...detailOf(until && `until ${until}`, textIn(told['message'])) }
      }
      default:
        return null
    }
  })
}
