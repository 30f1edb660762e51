import type { HeadlessRecipe } from '../recipe/headless.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { ClaudeCodeRunReader } from './claude-code-run-reader.ts'

/** `claude -p`, with every event as a line of JSON. */
export function claudeCodeHeadless(executable: string): HeadlessRecipe<AgentContext> {
  return {
    budget: 'runtime',
    commandFor({ runtimePath, model }, { session, permissions, budgetUsd }) {
      const command = [
        `${runtimePath ?? ''}/${executable}`,
        '--print',
        '--output-format=stream-json',
        '--verbose',
        ...(model === null ? [] : [`--model=${model}`]),
        ...(session === undefined ? [] : [`--resume=${session}`]),
        ...(permissions === 'all' ? ['--dangerously-skip-permissions'] : []),
        ...(budgetUsd === undefined ? [] : [`--max-budget-usd=${budgetUsd}`]),
      ]
      // Without it the CLI refuses the flag where it is root.
      return { command, environment: permissions === 'all' ? { IS_SANDBOX: '1' } : {} }
    },
    createReader: () => new ClaudeCodeRunReader(),
  }
}
