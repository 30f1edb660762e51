import type { HeadlessRecipe } from '../recipe/headless.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { hermesRunPath } from './hermes-paths.ts'
import { HermesRunReader } from './hermes-run-reader.ts'

/** One task through our own program, since the CLI by itself prints the answer alone. */
export function hermesHeadless(python: string): HeadlessRecipe<AgentContext> {
  return {
    budget: 'usage',
    commandFor({ runtimePath, home }, { session, permissions }) {
      const command = [
        `${runtimePath ?? ''}/${python}`,
        `${home}/${hermesRunPath}`,
        // The console goes on with what it did itself, not with a run.
        '--source=run',
        ...(session === undefined ? [] : [`--resume=${session}`]),
        ...(permissions === 'all' ? ['--yolo'] : []),
      ]
      return { command, environment: {} }
    },
    createReader: (model) => new HermesRunReader(model),
  }
}
