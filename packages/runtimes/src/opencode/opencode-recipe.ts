import { launchFiles } from '../recipe/launcher.ts'
import type { RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { openCodeHeadless } from './opencode-headless.ts'
import { openCodeInstalls } from './opencode-install.ts'
import { openCodeContentOf } from './opencode-screen.ts'
import {
  openCodeConversationFile,
  openCodeEnvironment,
  openCodeFiles,
  openCodeModel,
  openCodeStateFile,
} from './opencode-settings.ts'
import { openCodeStateOf } from './opencode-state.ts'

const executable = 'bin/opencode'

/** The open source agent, in its interface for the normal screen; it asks before it acts. */
export const openCodeRecipe: RuntimeRecipe = {
  manifest: {
    id: 'opencode',
    label: 'OpenCode',
    summary: 'Open source coding agent for any model',
    protocols: ['openai-chat'],
    hasAgent: true,
    modelRequired: true,
  },
  installs: openCodeInstalls,
  executable,
  configure: (context) => {
    const own = openCodeFiles(context)
    const launch = launchFiles(context, {
      environment: openCodeEnvironment(context),
      command: [`${context.runtimePath ?? ''}/${executable}`, '--mini', ...openCodeModel(context.model)],
      signals: [`file ${openCodeStateFile}`],
      // `--continue` would go on with that of a later run.
      resume: { arguments: ['--session'], named: true, conversations: openCodeConversationFile },
    })
    return { files: [...launch, ...own.files], script: own.script }
  },
  headless: openCodeHeadless(executable),
  contentOf: openCodeContentOf,
  stateOf: openCodeStateOf,
}
