import type { AgentState, Machine, MachineState } from '@agent-machines/core'

/** A drawn shape; the same one always means the same. */
export type GlyphKind = AgentState['state'] | Exclude<MachineState, 'unknown'> | 'broken'

export interface DisplayState {
  readonly glyph: GlyphKind
  readonly word: string
  /** Since when, where the age says something. */
  readonly since: string | null
  /** What stands beside the word in place of an age. */
  readonly extra: string | null
}

const machineWords: Readonly<Record<MachineState, string>> = {
  provisioning: 'Creating',
  bootstrapping: 'Setting up',
  ready: 'Ready',
  asleep: 'Asleep',
  waking: 'Waking',
  destroying: 'Destroying',
  destroyed: 'Destroyed',
  failed: 'Failed',
  unknown: 'Unknown',
}

const agentWords: Readonly<Record<AgentState['state'], string>> = {
  starting: 'Starting',
  idle: 'Idle',
  busy: 'Working',
  waiting: 'Waiting',
  limited: 'Limited',
  exited: 'Exited',
  unknown: 'Unknown',
}

/** The one state a list shows: the agent's where one runs on a ready machine, else the machine's. */
export function displayStateOf(machine: Machine): DisplayState {
  if (machine.state === 'ready' && machine.agent) return ofAgent(machine.agent)
  const word = machineWords[machine.state]
  switch (machine.state) {
    case 'bootstrapping':
      return { glyph: 'bootstrapping', word, since: null, extra: progressOf(machine) }
    case 'provisioning':
    case 'ready':
    case 'destroying':
      return { glyph: machine.state, word, since: null, extra: null }
    default:
      return { glyph: machine.state, word, since: machine.updatedAt, extra: null }
  }
}

/** The exit code of an agent that ended; null when none is known. */
export function exitCodeOf(agent: AgentState): number | null {
  const digits = agent.state === 'exited' ? agent.detail?.match(/-?\d+/) : null
  return digits ? Number(digits[0]) : null
}

function ofAgent(agent: AgentState): DisplayState {
  const word = agentWords[agent.state]
  switch (agent.state) {
    case 'starting':
      return { glyph: 'starting', word, since: null, extra: null }
    case 'limited':
      return { glyph: 'limited', word, since: null, extra: agent.detail ?? null }
    case 'exited': {
      const code = exitCodeOf(agent)
      const extra = code === null ? null : `code ${code}`
      return { glyph: code ? 'broken' : 'exited', word, since: code === null ? agent.since : null, extra }
    }
    default:
      return { glyph: agent.state, word, since: agent.since, extra: null }
  }
}

function progressOf(machine: Machine): string | null {
  const core = machine.bootstrap.phases.filter((phase) => phase.group === 'core')
  if (core.length === 0) return null
  const done = core.filter((phase) => phase.state === 'done' || phase.state === 'skipped').length
  return `${Math.min(done + 1, core.length)} of ${core.length}`
}
