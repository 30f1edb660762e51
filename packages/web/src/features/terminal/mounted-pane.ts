import type { ConsoleConnection } from '@agent-machines/client'
import type { MountedTerminal } from './create-terminal.ts'
import type { LazyHistory } from './lazy-history.ts'

/** A terminal that stands in the page, and what feeds it. */
export interface MountedPane {
  readonly pane: MountedTerminal
  readonly connection: ConsoleConnection
  readonly history: LazyHistory
}
