import type { ConsoleExec } from '../tiers/wire.ts'
import type { CreateEmulator } from './emulator.ts'
import type { Timers } from './timers.ts'

export interface ConsoleHubOptions {
  readonly exec: ConsoleExec
  readonly machineId: string
  readonly session: string
  readonly timers: Timers
  /** A fresh name of 8 to 32 characters a-z0-9 each time. */
  readonly randomId: () => string
  /** For backgrounds that tmux does not tell; without it a snapshot lacks those. */
  readonly createEmulator?: CreateEmulator
  /** The hub has let go of a console that nobody has asked for in a while; whoever asks next makes another. */
  readonly letGo?: () => void
  readonly log?: (message: string, details: Record<string, unknown>) => void
}

/** A batch as the protocol has it, without the session. */
export interface ClientBatch {
  readonly client: string
  readonly seq: number
  readonly epoch?: string | undefined
  /** base64 */
  readonly data: string
}
export type ClientResize = Omit<ClientBatch, 'data'> & { readonly cols: number; readonly rows: number }
export type AgentAction = 'start' | 'stop' | 'restart'
