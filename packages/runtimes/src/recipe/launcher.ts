import { type PlannedFile, quote, quoteAll } from '@agent-machines/core'
import { agentEnvironmentPath, launcherPath, resumePath, signalsPath } from './paths.ts'
import type { AgentContext } from './runtime-recipe.ts'

export interface Launch {
  readonly environment: Readonly<Record<string, string>>
  /** The executable and its arguments; no secret among them. */
  readonly command: readonly string[]
  readonly signals: readonly string[]
  /** How the last conversation is continued; absent where the runtime keeps none. */
  readonly resume?: {
    /** In place of nothing behind `command`. */
    readonly arguments: readonly string[]
    /** Pattern of the files below the home that a conversation is kept in. */
    readonly conversations: string
    /** True where that is one file with the conversation's name, which becomes the last argument. */
    readonly named?: true
  }
}

/**
 * The files behind every agent: what starts it, its environment, where its state is read and whether it can go on.
 *
 * The launcher becomes the agent, so the pid its console knows is the agent's. `resume` as its first argument
 * continues the last conversation.
 */
export function launchFiles(context: AgentContext, launch: Launch): PlannedFile[] {
  const variables = Object.entries(launch.environment).map(([name, value]) => `${name}=${quote(value)}\n`)
  const launcher = `#!/bin/sh
set -a
. ${quote(`${context.home}/${agentEnvironmentPath}`)} || exit 1
set +a
cd ${quote(context.workDirectory)} || exit 1
if [ "\${1:-}" = resume ]; then
  shift
  set -- ${resumeWords(context, launch.resume)} "$@"
fi
exec ${quoteAll(launch.command)} "$@"
`
  const conversations = launch.resume ? `file ${launch.resume.conversations}\n` : ''
  return [
    { path: launcherPath, content: launcher, mode: 0o700 },
    { path: agentEnvironmentPath, content: variables.join(''), mode: 0o600 },
    { path: signalsPath, content: launch.signals.map((line) => `${line}\n`).join(''), mode: 0o600 },
    { path: resumePath, content: conversations, mode: 0o600 },
  ]
}

function resumeWords({ home }: AgentContext, resume: Launch['resume']): string {
  const words = quoteAll(resume?.arguments ?? [])
  return resume?.named ? `${words} "$(cat ${quote(`${home}/${resume.conversations}`)})"` : words
}
