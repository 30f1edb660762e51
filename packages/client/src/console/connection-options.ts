import type { ConsoleColours, Driver } from '@agent-machines/core'
import type { ConsoleApi } from '../api/console-api.ts'
import type { Clock } from './clock.ts'
import type { CreateSocket } from './socket-link.ts'
import type { TransportKind } from './transport-choice.ts'

/** What the operating system or the browser says about the network. */
export interface Connectivity {
  isOnline(): boolean
  /** Returns what ends the subscription. */
  subscribe(changed: () => void): () => void
}

export interface ConsoleConnectionOptions {
  readonly api: ConsoleApi
  readonly machineId: string
  readonly cols: number
  readonly rows: number
  /** `agent` unless told. */
  readonly session?: string
  /** One per tab or program, `[A-Za-z0-9_-]{1,60}`; random unless told. */
  readonly client?: string
  /** Shown to others while this connection types. */
  readonly label?: string
  /** Starts the agent when it does not run; for the first connection only. */
  readonly launch?: boolean
  /** What the terminal draws with; programs that ask for it are told while this connection drives. */
  readonly colours?: () => ConsoleColours | undefined
  /** Watches without ever typing, until `takeOver`. */
  readonly watch?: boolean
  /** Whether this driver is an earlier self whose place may be taken without asking, such as a reloaded tab. */
  readonly isPredecessor?: (driver: NonNullable<Driver>) => boolean
  /** Those that may be used, all unless given; the best that works is. */
  readonly transports?: readonly TransportKind[]
  /** Without it, no sockets are used. */
  readonly createSocket?: CreateSocket
  /** The session's proof, in a browser. */
  readonly proof?: () => string | null
  readonly connectivity?: Connectivity
  readonly clock?: Clock
  readonly random?: () => number
}
