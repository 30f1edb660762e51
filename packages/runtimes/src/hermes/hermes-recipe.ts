import { launchFiles } from '../recipe/launcher.ts'
import type { RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { hermesConfig, hermesEnvironment } from './hermes-config.ts'
import { hermesConsoleProgram } from './hermes-console-program.ts'
import { hermesGateway } from './hermes-gateway.ts'
import { hermesHeadless } from './hermes-headless.ts'
import { hermesInstall } from './hermes-install.ts'
import { hermesConsolePath, hermesConversationPath, hermesRunPath, hermesStatePath } from './hermes-paths.ts'
import { hermesRunProgram } from './hermes-run-program.ts'
import { hermesContentOf } from './hermes-screen.ts'
import { hermesStateOf } from './hermes-state.ts'

const python = 'bin/python'

/** Nous Research's agent, in its classic interface; it asks before what it holds for dangerous. */
export const hermesRecipe: RuntimeRecipe = {
  manifest: {
    id: 'hermes',
    label: 'Hermes',
    summary: "Nous Research's agent",
    protocols: ['openai-chat', 'anthropic-messages'],
    hasAgent: true,
    modelRequired: true,
  },
  installs: [hermesInstall],
  executable: python,
  configure: (context) => {
    const launch = launchFiles(context, {
      environment: hermesEnvironment(context),
      command: [`${context.runtimePath ?? ''}/${python}`, `${context.home}/${hermesConsolePath}`],
      signals: [`file ${hermesStatePath}`],
      resume: { arguments: ['resume'], conversations: hermesConversationPath },
    })
    const programs = [
      { path: hermesConsolePath, content: hermesConsoleProgram, mode: 0o600 },
      { path: hermesRunPath, content: hermesRunProgram, mode: 0o600 },
    ]
    return { files: [...launch, ...programs, ...hermesConfig.files], script: hermesConfig.script }
  },
  headless: hermesHeadless(python),
  gateway: hermesGateway(python),
  contentOf: hermesContentOf,
  stateOf: hermesStateOf,
}
