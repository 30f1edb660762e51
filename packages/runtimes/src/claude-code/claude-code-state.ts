import type { AgentSignals, AgentState } from '@agent-machines/core'
import { stateOfProcess, stateWithoutSignal } from '../recipe/agent-process.ts'
import { detailOf } from '../recipe/screen-text.ts'
import { claudeCodeAsks } from './claude-code-screen.ts'

const source = 'session-file'

/** Reads the CLI's own session file, `.claude/sessions/<pid>.json`; anything it does not say is `unknown`. */
export function claudeCodeStateOf(signals: AgentSignals, now: Date): AgentState {
  const ended = stateOfProcess(signals)
  if (ended) return ended
  if (!signals.file) return stateWithoutSignal(signals, now, source, 'the session file is not there')
  const session = parseSession(signals.file.content)
  if (!session) return stateWithoutSignal(signals, now, source, 'the session file cannot be read')
  if (session.pid !== signals.process?.pid) {
    return stateWithoutSignal(signals, now, source, 'the session file is of another process')
  }
  const since = session.updatedAt ?? signals.file.changedAt
  switch (session.status) {
    case 'idle':
    case 'busy':
      return { state: session.status, since, source }
    case 'waiting':
      return {
        state: 'waiting',
        since,
        source,
        ...detailOf(session.waitingFor, claudeCodeAsks(signals.screen ?? [])),
      }
    default:
      return stateWithoutSignal(signals, now, source, 'the session file names no known state')
  }
}

interface Session {
  readonly pid: unknown
  readonly status: unknown
  readonly waitingFor: string | null
  readonly updatedAt: string | null
}

function parseSession(content: string): Session | null {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    // The CLI was seen in the middle of writing it.
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const session: Record<string, unknown> = { ...value }
  const waitingFor = session['waitingFor']
  const at = session['statusUpdatedAt']
  return {
    pid: session['pid'],
    status: session['status'],
    waitingFor: typeof waitingFor === 'string' ? waitingFor : null,
    updatedAt: typeof at === 'number' ? new Date(at).toISOString() : null,
  }
}
