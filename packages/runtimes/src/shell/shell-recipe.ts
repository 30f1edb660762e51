import { launchFiles } from '../recipe/launcher.ts'
import type { RuntimeRecipe } from '../recipe/runtime-recipe.ts'

/** No agent: an interactive shell in the work folder. */
export const shellRecipe: RuntimeRecipe = {
  manifest: {
    id: 'shell',
    label: 'Shell',
    summary: 'A plain shell, without an agent',
    protocols: [],
    hasAgent: false,
  },
  installs: [],
  executable: null,
  configure: (context) => ({
    files: launchFiles(context, {
      environment: {},
      command: ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash; exec sh'],
      signals: [],
    }),
    script: ':',
  }),
  contentOf: (screen) => screen,
  stateOf: () => null,
}
