import type { Gateway } from './machine-state.ts'

/**
 * What the worker saw of the agent in a console, before anybody draws a conclusion from it.
 *
 * Reported whole each time something changed; `observedAt` is the worker's clock.
 */
export interface AgentSignals {
  /** The agent's process as its launcher knows it; null while no launcher has run. */
  readonly process: {
    readonly state: 'running' | 'exited'
    readonly pid: number
    readonly exitCode: number | null
    /** ISO 8601: when it started, or when it ended. */
    readonly since: string
  } | null
  /** The state file that the runtime itself keeps; null when it is not there. */
  readonly file: { readonly path: string; readonly content: string; readonly changedAt: string } | null
  /** The terminal title that the runtime set; null when it has set none. */
  readonly title: string | null
  /** The last lines of the screen that are not empty, from top to bottom; absent until it was looked at. */
  readonly screen?: readonly string[]
  /** The last word of the machine's chat gateway; absent where none was heard. */
  readonly gateway?: Gateway
  readonly observedAt: string
}
