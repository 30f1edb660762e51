import type { AgentMachinesError, ConsoleEvent, SocketMessage } from '@agent-machines/core'
import type { TransportKind } from './transport-choice.ts'

/** Events that say something about the console; answers to input come through `LinkListener` instead. */
export type ShownEvent = Exclude<ConsoleEvent, { event: 'ack' | 'error' }>
export type SentMessage = Exclude<SocketMessage, { type: 'take-over' }>

/** What a link tells; nothing after `closed`. */
export interface LinkListener {
  event(event: ShownEvent): void
  /** Everything of this client up to `acked` was typed. */
  acked(acked: number): void
  /** With `seq`, that message was refused; without, the stream itself reports a problem. */
  refused(error: AgentMachinesError, seq: number | null): void
  closed(cause: unknown): void
}

export interface LinkTarget {
  readonly machineId: string
  readonly session: string
  /** Absent for a viewer. */
  readonly client: string | undefined
  readonly epoch: string
  readonly cursor: string | undefined
  /** How many lines above the screen a snapshot holds. */
  readonly history: number | undefined
  /** Messages from this number on were never sent before. */
  readonly firstNewSeq: number
}

/** One connection to a console; it never reconnects. */
export interface ConsoleLink {
  readonly kind: TransportKind
  /** Messages that may be unacknowledged at a time. */
  readonly window: number
  send(message: SentMessage): void
  /** Tells nothing afterwards. */
  close(): void
}
