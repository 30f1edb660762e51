import type {
  AgentSignals,
  AgentState,
  PlannedFile,
  Protocol,
  RuntimeInstall,
  RuntimeManifest,
} from '@agent-machines/core'
import type { GatewayRecipe } from './gateway.ts'
import type { HeadlessRecipe } from './headless.ts'

/** Where the models come from, with the key that opens it. */
export interface ModelAccess {
  /** Id of the upstream. */
  readonly id: string
  readonly protocol: Protocol
  /** Without a trailing slash and without `/v1`. */
  readonly baseUrl: string
  /** Null where the endpoint needs none. */
  readonly key: string | null
}

/** All that decides how an agent is set up on one machine. */
export interface AgentContext {
  /** Absolute, as seen on the machine. */
  readonly home: string
  /** Absolute; the folder the agent starts in. */
  readonly workDirectory: string
  /** Where the runtime is on the machine; null for a runtime that is not installed. */
  readonly runtimePath: string | null
  /** Null for a runtime without models. */
  readonly upstream: ModelAccess | null
  /** Null leaves the choice to the runtime. */
  readonly model: string | null
}

/**
 * What installs `version` of a runtime; the newest where none was chosen, or a version that is not kept any more.
 * Null for a runtime that needs nothing.
 */
export function installOf(recipe: RuntimeRecipe, version: string | null): RuntimeInstall | null {
  return recipe.installs.find((each) => each.version === version) ?? recipe.installs[0] ?? null
}

/** How an agent is set up: files that are ours, and a step that respects what is the user's. */
export interface AgentConfiguration {
  /** Written anew each time, below `.agent-machines/`. */
  readonly files: readonly PlannedFile[]
  /** POSIX shell, run in the home after `files` are there; adds what is missing to the runtime's own files. */
  readonly script: string
}

/** An agent CLI: how it is installed, set up, started and watched. */
export interface RuntimeRecipe {
  readonly manifest: RuntimeManifest
  /** One for each version that can be installed, newest first; empty for a runtime that needs nothing. */
  readonly installs: readonly RuntimeInstall[]
  /** The executable below the runtime's path; null when nothing is installed. */
  readonly executable: string | null
  configure(context: AgentContext): AgentConfiguration
  /** Absent for a runtime that does no task by itself. */
  readonly headless?: HeadlessRecipe<AgentContext>
  /** Absent for a runtime without an HTTP server of its own. */
  readonly gateway?: GatewayRecipe<AgentContext>
  /** The lines of a screen that are not the runtime's own frame, input box, spinner or status bar. */
  contentOf(screen: readonly string[]): readonly string[]
  /** What the agent does by its own signals; null for a runtime without an agent. */
  stateOf(signals: AgentSignals, now: Date): AgentState | null
}
