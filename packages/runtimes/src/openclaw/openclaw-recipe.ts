import { launchFiles } from '../recipe/launcher.ts'
import type { RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { openClawEnvironment, openClawFiles } from './openclaw-config.ts'
import { openClawGateway } from './openclaw-gateway.ts'
import { openClawHeadless } from './openclaw-headless.ts'
import { openClawCommand, openClawInstall, openClawNode } from './openclaw-install.ts'
import { openClawConversations, openClawStateFile } from './openclaw-paths.ts'
import { openClawContentOf } from './openclaw-screen.ts'
import { openClawStateOf } from './openclaw-state.ts'

/** The personal assistant, in its local interface: without its server, and so without anybody to ask for approval. */
export const openClawRecipe: RuntimeRecipe = {
  manifest: {
    id: 'openclaw',
    label: 'OpenClaw',
    summary: 'Personal assistant for any model; acts without asking',
    protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
    hasAgent: true,
    modelRequired: true,
  },
  installs: [openClawInstall],
  executable: openClawNode,
  configure: (context) => {
    const own = openClawFiles(context)
    const launch = launchFiles(context, {
      environment: openClawEnvironment(context),
      command: [...openClawCommand(context), 'tui', '--local'],
      signals: [`file ${openClawStateFile}`],
      // It goes on with its main conversation by itself.
      resume: { arguments: [], conversations: openClawConversations },
    })
    return { files: [...launch, ...own.files], script: own.script }
  },
  headless: openClawHeadless,
  gateway: openClawGateway,
  contentOf: openClawContentOf,
  stateOf: openClawStateOf,
}
