import type { ConsoleState, ConsoleStats, RefusalKind } from '@agent-machines/client'
import type { ConsoleTier } from '@agent-machines/core'
import type { Shape } from '../../components/state-glyph.tsx'
import type { ConsoleStatus } from './console-status.ts'

export interface Pill {
  readonly shape: Shape
  readonly text: string
}

/** The connection in a few words; `slow` when a key has been unacknowledged for a quarter second. */
export function pillOf(state: ConsoleState, stats: ConsoleStats, slow: boolean): Pill {
  const { keysInFlight, echoMs } = stats
  const keys = `${keysInFlight} ${keysInFlight === 1 ? 'key' : 'keys'}`
  switch (state.state) {
    case 'connecting':
      return { shape: 'busy', text: 'Connecting' }
    case 'live': {
      const echo = echoMs === null ? 'Live' : `Live ${Math.round(echoMs)} ms`
      return { shape: 'live', text: slow && keysInFlight > 0 ? `${echo}, ${keys} in flight` : echo }
    }
    case 'reconnecting': {
      const seconds = Math.ceil(state.inMs / 1000)
      const kept = keysInFlight > 0 ? `. ${keys} kept` : ''
      return { shape: 'busy', text: `Reconnecting${seconds > 0 ? `, ${seconds} s` : ''}${kept}` }
    }
    case 'offline':
      return { shape: 'idle', text: keysInFlight > 0 ? `Offline. ${keys} kept` : 'Offline' }
    case 'ended':
      return { shape: 'off', text: endWords[state.reason] }
  }
}

const endWords: Readonly<Record<Extract<ConsoleState, { state: 'ended' }>['reason'], string>> = {
  limit: 'Ended',
  asleep: 'Asleep',
  exited: 'Exited',
  destroyed: 'Destroyed',
  replaced: 'Open elsewhere',
  refused: 'Refused',
  closed: 'Closed',
}

export interface Fact {
  readonly name: string
  readonly value: string
}

/** Everything known about a connection, in the order a person asks. */
export function factsOfConnection(status: ConsoleStatus): readonly Fact[] {
  const { state, stats, tier, size, brokeAt, refusal } = status
  return [
    state.state === 'live' && { name: 'Transport', value: transports[state.transport] },
    tier && { name: 'To the machine', value: tiers[tier] },
    stats.echoMs !== null && { name: 'Key to screen', value: `${Math.round(stats.echoMs)} ms, median of 20` },
    stats.roundTripMs !== null && { name: 'Round trip', value: `${Math.round(stats.roundTripMs)} ms` },
    { name: 'Keys in flight', value: String(stats.keysInFlight) },
    size && { name: 'Grid', value: `${size.cols} × ${size.rows}` },
    brokeAt !== null && { name: 'Last break', value: new Date(brokeAt).toLocaleTimeString() },
    refusal && { name: 'Last refusal', value: refusals[refusal] },
  ].filter((fact) => typeof fact === 'object' && fact !== null)
}

const transports = {
  ws: 'WebSocket',
  sse: 'Requests and an event stream; no WebSocket gets through.',
  poll: 'Long poll; something on the way holds streams back.',
} as const

const tiers: Readonly<Record<ConsoleTier, string>> = {
  attach: 'One stream both ways',
  stream: 'A stream out, a command for each batch of keys',
  poll: 'A command for each look and batch of keys',
}

const refusals: Readonly<Record<RefusalKind, string>> = {
  gap: 'Keys before it were missing. They were sent again.',
  restarted: 'The program it was meant for was gone.',
  exited: 'Nothing ran in the console.',
  'not-driver': 'Somebody else drove.',
  'too-large': 'It was too much at once.',
  refused: 'It was refused.',
}
