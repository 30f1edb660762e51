import type { HeadlessRecipe } from '../recipe/headless.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { CodexRunReader } from './codex-run-reader.ts'

/** `codex exec`, with every event as a line of JSON. */
export function codexHeadless(
  executable: string,
  overrides: (context: AgentContext) => string[],
): HeadlessRecipe<AgentContext> {
  return {
    budget: 'none',
    commandFor(context, { session, permissions }) {
      const command = [
        `${context.runtimePath ?? ''}/${executable}`,
        'exec',
        ...(session === undefined ? [] : ['resume', session]),
        '--json',
        '--skip-git-repo-check',
        ...(permissions === 'all' ? ['--dangerously-bypass-approvals-and-sandbox'] : []),
        ...overrides(context),
        '-',
      ]
      return { command, environment: {}, ...(session === undefined ? {} : { preface: countSoFar(session) }) }
    },
    createReader: (model) => new CodexRunReader(model),
  }
}

/** Prints the last line in which the conversation's own file counts its tokens; `session` is safe in a shell. */
function countSoFar(session: string): string {
  return `cat "$HOME"/.codex/sessions/*/*/*/rollout-*-${session}.jsonl 2>/dev/null | grep -F '"type":"token_count"' | tail -n 1`
}
