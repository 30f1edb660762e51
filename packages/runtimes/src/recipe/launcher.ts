import { type PlannedFile, quote, quoteAll } from '@agent-machines/core'
import { agentEnvironmentPath, launcherPath, signalsPath } from './paths.ts'
import type { AgentContext } from './runtime-recipe.ts'

export interface Launch {
  readonly environment: Readonly<Record<string, string>>
  /** The executable and its arguments; no secret among them. */
  readonly command: readonly string[]
  readonly signals: readonly string[]
}

/**
 * The three files behind every agent: what starts it, its environment, and where its state is read.
 *
 * The launcher becomes the agent, so the pid its console knows is the agent's.
 */
export function launchFiles(context: AgentContext, launch: Launch): PlannedFile[] {
  const variables = Object.entries(launch.environment).map(([name, value]) => `${name}=${quote(value)}\n`)
  const launcher = `#!/bin/sh
set -a
. ${quote(`${context.home}/${agentEnvironmentPath}`)} || exit 1
set +a
cd ${quote(context.workDirectory)} || exit 1
exec ${quoteAll(launch.command)} "$@"
`
  return [
    { path: launcherPath, content: launcher, mode: 0o700 },
    { path: agentEnvironmentPath, content: variables.join(''), mode: 0o600 },
    { path: signalsPath, content: launch.signals.map((line) => `${line}\n`).join(''), mode: 0o600 },
  ]
}
