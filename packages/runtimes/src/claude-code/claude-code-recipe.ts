import { launchFiles } from '../recipe/launcher.ts'
import type { AgentContext, RuntimeRecipe } from '../recipe/runtime-recipe.ts'
import { claudeCodeHeadless } from './claude-code-headless.ts'
import { claudeCodeInstalls } from './claude-code-install.ts'
import { claudeCodeContentOf } from './claude-code-screen.ts'
import { claudeCodeSeeds, usesNativeKey } from './claude-code-settings.ts'
import { claudeCodeStateOf } from './claude-code-state.ts'

const executable = 'bin/claude'
const nativeBaseUrl = 'https://api.anthropic.com'

/** Anthropic's CLI; it asks before it acts. */
export const claudeCodeRecipe: RuntimeRecipe = {
  manifest: {
    id: 'claude-code',
    label: 'Claude Code',
    summary: "Anthropic's coding agent",
    protocols: ['anthropic-messages'],
    hasAgent: true,
  },
  installs: claudeCodeInstalls,
  executable,
  configure: (context) => {
    const seeds = claudeCodeSeeds(context)
    const launch = launchFiles(context, {
      environment: environmentOf(context),
      command: [`${context.runtimePath ?? ''}/${executable}`],
      signals: ['file .claude/sessions/<pid>.json'],
      resume: { arguments: ['--continue'], conversations: `.claude/projects/${projectOf(context)}/*.jsonl` },
    })
    return { files: [...launch, ...seeds.files], script: seeds.script }
  },
  headless: claudeCodeHeadless(executable),
  contentOf: claudeCodeContentOf,
  stateOf: claudeCodeStateOf,
}

/** The name of the folder in which the CLI keeps the conversations of a working directory. */
function projectOf({ workDirectory }: AgentContext): string {
  return workDirectory.replaceAll(/[^A-Za-z0-9]/g, '-')
}

function environmentOf({ upstream, model }: AgentContext): Record<string, string> {
  const native = upstream !== null && usesNativeKey(upstream.id)
  const key = upstream?.key ?? ''
  return {
    // Both set would both be sent; the CLI takes an empty one as absent.
    ANTHROPIC_API_KEY: native ? key : '',
    // Without any credential the CLI asks for a login, so an endpoint that needs none gets a word of no meaning.
    ANTHROPIC_AUTH_TOKEN: native ? '' : key || 'none',
    ...(upstream && upstream.baseUrl !== nativeBaseUrl ? { ANTHROPIC_BASE_URL: upstream.baseUrl } : {}),
    ...(model ? { ANTHROPIC_MODEL: model } : {}),
    ...(model && !native ? { ANTHROPIC_SMALL_FAST_MODEL: model } : {}),
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    // In the normal screen the console keeps what scrolls away.
    CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1',
  }
}
