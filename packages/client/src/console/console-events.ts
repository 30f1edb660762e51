import type { AgentMachinesError, AgentState, Driver, EndReason, SnapshotReason } from '@agent-machines/core'
import type { TransportKind } from './transport-choice.ts'

export type ConsoleState =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly transport: TransportKind }
  /** The next try begins in `inMs`; 0 while one is under way. */
  | { readonly state: 'reconnecting'; readonly inMs: number; readonly attempt: number }
  /** This computer has no network; the connection comes back by itself. */
  | { readonly state: 'offline' }
  | {
      readonly state: 'ended'
      /** `refused`: see `error`. `closed`: by `close()`. */
      readonly reason: EndReason | 'refused' | 'closed'
      readonly error?: AgentMachinesError
    }

export interface ConsoleSnapshot {
  /** Reset the terminal, resize it, then write these. */
  readonly bytes: Uint8Array
  readonly cols: number
  readonly rows: number
  readonly reason: SnapshotReason
}

export interface ConsoleStats {
  /** Median from key to screen; null before the first echo. */
  readonly echoMs: number | null
  /** Typed and not yet acknowledged by the worker. */
  readonly keysInFlight: number
}

/** Keys that are known, or must be assumed, not to have reached the program. */
export interface UndeliveredInput {
  readonly bytes: Uint8Array
  readonly reason: 'restarted' | 'not-driver' | 'exited' | 'ended' | 'refused'
}

export interface ConsoleEvents {
  state: ConsoleState
  snapshot: ConsoleSnapshot
  output: Uint8Array
  resize: { readonly cols: number; readonly rows: number }
  /** `mine`: this connection types and sets the size. */
  driver: { readonly driver: Driver; readonly viewers: number; readonly mine: boolean }
  agent: AgentState
  stats: ConsoleStats
  undelivered: UndeliveredInput
  problem: AgentMachinesError
}
