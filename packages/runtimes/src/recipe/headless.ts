import type { CreateRun, RunEvent, RunOutcome } from '@agent-machines/core'

/** What decides the command of one run; the context holds the model it shall use. */
export type HeadlessRequest = Pick<CreateRun, 'session' | 'permissions' | 'budgetUsd'>

export interface HeadlessCommand {
  /** Executable and arguments, no secret among them; it reads the task from standard input. */
  readonly command: readonly string[]
  /** Added to what the agent in the console gets. */
  readonly environment: Readonly<Record<string, string>>
  /** POSIX shell whose output comes before the command's. */
  readonly preface?: string
}

/** How a run came to its end, as the machine tells it. */
export interface RunExit {
  /** Null when nobody could write it down. */
  readonly exitCode: number | null
  /** `given-up`: by us, for its own good; `lost`: its processes were ended together with whoever watched them. */
  readonly reason: 'ended' | 'given-up' | 'cancelled' | 'timed-out' | 'lost'
  /** The end of what it printed on standard error. */
  readonly stderr: string
}

export interface RunVerdict {
  readonly state: RunOutcome
  readonly detail: string | null
  /** There where the model source did not serve: its HTTP status, null where nothing tells it. */
  readonly modelStatus?: number | null
}

/** Reads the output of one run; the same lines always give the same events. */
export interface RunReader {
  /** A line that it does not know gives nothing. */
  read(line: string): RunEvent[]
  /** What the runtime itself said the run came to; null when it did not get that far. */
  readonly verdict: RunVerdict | null
  /** Whether the runtime goes on trying what cannot succeed, so that the run is better ended with this verdict. */
  readonly isHopeless?: boolean
}

/** How a runtime does a task with nobody at its console; `Context` is how the agent of a machine is set up. */
export interface HeadlessRecipe<Context> {
  /** Who ends a run that has cost enough: the runtime, we by the usage that it tells meanwhile, or nobody. */
  readonly budget: 'runtime' | 'usage' | 'none'
  commandFor(context: Context, request: HeadlessRequest): HeadlessCommand
  /** `model` is the one asked for; null leaves it to what the runtime says. */
  createReader(model: string | null): RunReader
}
