import { launchFiles } from '../recipe/launcher.ts'
import type { AgentContext, RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { codexConfig } from './codex-config.ts'
import { codexHeadless } from './codex-headless.ts'
import { codexInstalls } from './codex-install.ts'
import { codexContentOf } from './codex-screen.ts'
import { codexStateOf } from './codex-state.ts'

const executable = 'bin/codex'
const keyVariable = 'AGENT_MACHINES_MODEL_KEY'

/** OpenAI's CLI, in one process and in the normal screen; it asks before it acts. */
export const codexRecipe: RuntimeRecipe = {
  manifest: {
    id: 'codex',
    label: 'Codex',
    summary: "OpenAI's coding agent",
    protocols: ['openai-responses'],
    hasAgent: true,
  },
  installs: codexInstalls,
  executable,
  configure: (context) => {
    const config = codexConfig(context)
    const launch = launchFiles(context, {
      environment: { [keyVariable]: context.upstream?.key ?? 'none' },
      command: [
        `${context.runtimePath ?? ''}/${executable}`,
        '--no-daemon',
        '--no-alt-screen',
        ...overrides(context),
      ],
      signals: ['title'],
      resume: { arguments: ['resume', '--last'], conversations: '.codex/sessions/*/*/*/rollout-*.jsonl' },
    })
    return { files: [...launch, ...config.files], script: config.script }
  },
  headless: codexHeadless(executable, overrides),
  contentOf: codexContentOf,
  stateOf: (signals, now) => codexStateOf(signals, now),
}

/**
 * What the machine decides, given anew at each start, so that the configuration file stays the user's.
 *
 * A provider of our own is used for every upstream: the CLI reads no key of its built-in one from the
 * environment and tries WebSocket before HTTP there.
 */
function overrides({ upstream, model }: AgentContext): string[] {
  const provider = upstream && {
    name: upstream.id,
    base_url: `${upstream.baseUrl}/v1`,
    env_key: keyVariable,
    wire_api: 'responses',
  }
  const settings = [
    ...(provider ? ['model_provider="am"', `model_providers.am=${inlineTable(provider)}`] : []),
    ...(model ? [`model=${JSON.stringify(model)}`] : []),
  ]
  return settings.flatMap((setting) => ['-c', setting])
}

function inlineTable(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`
}
