import type { HeadlessRecipe } from '../recipe/headless.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { OpenCodeRunReader } from './opencode-run-reader.ts'
import { openCodeModel, openCodeSettings } from './opencode-settings.ts'

/** After 2, 4 and 8 seconds, or when the model source asks to come back. */
const tries = 4

/** `opencode run`, with every event as a line of JSON. */
export function openCodeHeadless(executable: string): HeadlessRecipe<AgentContext> {
  return {
    budget: 'usage',
    commandFor(context, { session, permissions }) {
      const command = [
        `${context.runtimePath ?? ''}/${executable}`,
        'run',
        '--format=json',
        '--thinking',
        ...openCodeModel(context.model),
        ...(session === undefined ? [] : [`--session=${session}`]),
        ...(permissions === 'all' ? ['--auto'] : []),
      ]
      const environment = {
        OPENCODE_CONFIG_CONTENT: openCodeSettings(context),
        AGENT_MACHINES_STATE: '',
        AGENT_MACHINES_TRIES: String(tries),
      }
      return { command, environment }
    },
    createReader: (model) => new OpenCodeRunReader(model),
  }
}
