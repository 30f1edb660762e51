import type { Machine } from '@agent-machines/core'
import type { Labels } from '../../queries/catalogue.ts'
import { displayStateOf } from './display-state.ts'
import { formatAge } from './format-age.ts'

export interface NeedText {
  /** In the agent's own words, or what went wrong. */
  readonly ask: string
  readonly kind: string
}

const longestAsk = 120

/** What a machine in "Needs you" wants, as two short lines; null for every other machine. */
export function needOf(machine: Machine): NeedText | null {
  if (machine.state === 'failed') return failureOf(machine)
  if (machine.state === 'unknown') {
    return { ask: machine.stateDetail ?? 'Its substrate does not answer', kind: 'State is not known' }
  }
  if (machine.state !== 'ready' || !machine.agent) return null
  const { state, detail, source } = machine.agent
  switch (state) {
    case 'waiting':
      return askOf(detail)
    case 'exited':
      return { ask: 'The agent ended', kind: detail ?? 'The machine is up' }
    case 'unknown':
      return { ask: detail ?? 'Its signals are missing', kind: `Last read from ${source}` }
    default:
      return null
  }
}

/** `permission prompt: npm publish` is a kind and what is asked. */
function askOf(detail: string | undefined): NeedText {
  const [, kind, ask] = /^([a-z][a-z ]{2,24}): (.+)/s.exec(detail ?? '') ?? []
  if (!kind || !ask) return { ask: firstLineOf(detail ?? 'It asked something'), kind: 'Your turn' }
  return { ask: firstLineOf(ask), kind: `${kind[0]?.toUpperCase()}${kind.slice(1)}` }
}

function failureOf(machine: Machine): NeedText {
  const phase = machine.bootstrap.phases.find((each) => each.state === 'failed')
  if (phase) return { ask: `${phase.label} failed`, kind: phase.error?.message ?? machine.stateDetail ?? '' }
  return { ask: machine.stateDetail ?? 'The machine failed', kind: machine.stateReason ?? '' }
}

function firstLineOf(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > longestAsk ? `${line.slice(0, longestAsk - 1)}…` : line
}

/** The complete accessible name of a row's link. */
export function rowNameOf(machine: Machine, labels: Labels, nowMs: number): string {
  const state = displayStateOf(machine)
  const time = state.extra ?? (state.since ? formatAge(state.since, nowMs) : '')
  const need = machine.agent?.state === 'waiting' ? needOf(machine) : null
  return [
    machine.name,
    `${state.word.toLowerCase()} ${time}`.trim(),
    need ? `asks: ${need.ask}` : '',
    `${labels.runtime(machine.runtime)} on ${labels.substrate(machine.substrate)}`,
  ]
    .filter(Boolean)
    .join(', ')
}
