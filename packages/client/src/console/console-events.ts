import type {
  AgentMachinesError,
  AgentState,
  ConsoleRest,
  ConsoleTier,
  Driver,
  EndReason,
  SnapshotReason,
} from '@agent-machines/core'
import type { TransportKind } from './transport-choice.ts'

/** How far the way to the console is. */
export type LinkPhase =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly transport: TransportKind }
  /** The next try begins in `inMs`; 0 while one is under way. */
  | { readonly state: 'reconnecting'; readonly inMs: number; readonly attempt: number }
  /** This computer has no network; the connection comes back by itself. */
  | { readonly state: 'offline' }

/** `keptKeys`: typed before, not acknowledged, and sent once the connection is back; later ones count in `stats`. */
export type ConsoleState =
  | Extract<LinkPhase, { state: 'connecting' | 'live' }>
  | (Extract<LinkPhase, { state: 'reconnecting' | 'offline' }> & { readonly keptKeys: number })
  | {
      readonly state: 'ended'
      /** `refused`: see `error`. `closed`: by `close()`. */
      readonly reason: EndReason | 'refused' | 'closed'
      readonly error?: AgentMachinesError
    }

/** What a console says of itself when a link to it begins, or when it goes on by another way. */
export interface ConsoleStarted {
  readonly tier: ConsoleTier
  /** Output goes on where it stopped; otherwise a snapshot follows. */
  readonly resumed: boolean
  /** The last time the machine slept or lost its processes. */
  readonly rest: ConsoleRest | null
}

export interface ConsoleSnapshot {
  /** Reset the terminal, resize it, then write these. */
  readonly bytes: Uint8Array
  readonly cols: number
  readonly rows: number
  readonly reason: SnapshotReason
  /** Lines above the screen that are in `bytes`; null where the server does not say. */
  readonly history: number | null
  /** Lines above the screen that `loadHistory` could get. */
  readonly historyAvailable: number | null
}

export interface ConsoleStats {
  /** Median from key to screen; null before the first echo. */
  readonly echoMs: number | null
  /** Median from sending to the worker's acknowledgement; null before the first. */
  readonly roundTripMs: number | null
  /** Typed and not yet acknowledged by the worker. */
  readonly keysInFlight: number
}

/** Why the console did not take something. */
export type RefusalKind =
  /** Something before it is missing; it is sent again from there unless it comes as `undelivered`. */
  | 'gap'
  /** The program it was meant for is gone. */
  | 'restarted'
  /** Nothing runs in the console. */
  | 'exited'
  /** Somebody else types. */
  | 'not-driver'
  | 'too-large'
  /** For another reason; `error` says which. */
  | 'refused'

/** Keys that are known, or must be assumed, not to have reached the program. */
export interface UndeliveredInput {
  readonly bytes: Uint8Array
  readonly reason: RefusalKind | 'ended'
}

export interface ConsoleEvents {
  state: ConsoleState
  started: ConsoleStarted
  snapshot: ConsoleSnapshot
  output: Uint8Array
  resize: { readonly cols: number; readonly rows: number }
  /** `mine`: this connection types and sets the size. */
  driver: { readonly driver: Driver; readonly viewers: number; readonly mine: boolean }
  agent: AgentState
  stats: ConsoleStats
  undelivered: UndeliveredInput
  /** Each refusal of the console, also one that is put right without anybody noticing. */
  refusal: { readonly kind: RefusalKind; readonly error: AgentMachinesError }
  problem: AgentMachinesError
}
