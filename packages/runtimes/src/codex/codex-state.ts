import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from '../recipe/agent-process.ts'
import { workFolder } from '../recipe/paths.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { codexAsks } from './codex-screen.ts'

const source = 'pane-title'

/**
 * Reads the pane title that the CLI sets; a title that is not its own is `unknown`.
 *
 * The title is the name of the work folder, after a turning spinner while busy and after a blinking
 * `[ ! ] Action Required |` while it waits. It carries no time, so the same state
 * seen again began when it was first seen.
 */
export function codexStateOf(signals: AgentSignals, now: Date): AgentState {
  const ended = stateOfProcess(signals)
  if (ended) return ended
  if (signals.title === null) return stateWithoutSignal(signals, now, source, 'the title is not set')
  const since = signals.observedAt
  if (signals.title === workFolder) return { state: 'idle', since, source }
  if (/^[\u2801-\u28ff] /.test(signals.title)) return { state: 'busy', since, source }
  if (/^\[ [!.] \] Action Required( \||$)/.test(signals.title)) {
    return { state: 'waiting', since, source, ...detailOf('approval', codexAsks(signals.screen ?? [])) }
  }
  return stateWithoutSignal(signals, now, source, 'the title is not the one the agent sets')
}
