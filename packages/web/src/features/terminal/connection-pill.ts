import type { ConsoleState, ConsoleStats } from '@agent-machines/client'
import type { Shape } from '../../components/state-glyph.tsx'

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
