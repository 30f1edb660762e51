import { type PlannedFile, quote } from '@agent-machines/core'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { emptyDatabase } from './opencode-install.ts'
import { openCodePlugin } from './opencode-plugin.ts'

const folder = '.agent-machines/state/opencode'
const seed = `${folder}/opencode.json`
const plugin = `${folder}/plugin.mjs`
const lock = `${folder}/package-lock.json`
const keyVariable = 'AGENT_MACHINES_MODEL_KEY'
const provider = 'am'

const typesLock = JSON.stringify({
  lockfileVersion: 3,
  packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } },
})

/** Where the plugin tells what the agent with this pid does. Relative to the home. */
export const openCodeStateFile = `${folder}/<pid>.json`

/** The conversation that was last in the console. Relative to the home. */
export const openCodeConversationFile = `${folder}/conversation`

/**
 * The plugin, and the person's own configuration: it asks before it changes anything.
 *
 * Written only when absent. The CLI downloads the types of its plugins into that folder at each start, and works
 * without them; a lock file that names them keeps it from that, and from loading npm.
 */
export function openCodeFiles({ runtimePath }: AgentContext): { files: PlannedFile[]; script: string } {
  const permission = { edit: 'ask', bash: 'ask', webfetch: 'ask' }
  const content = JSON.stringify({ $schema: 'https://opencode.ai/config.json', permission }, null, 2)
  const script = `umask 077
${firstDatabase(runtimePath ?? '')}
mkdir -p .config/opencode
cd .config/opencode
mkdir -p node_modules
[ -e package-lock.json ] || cp ../../${quote(lock)} package-lock.json
for name in config.json opencode.json opencode.jsonc; do
  [ ! -s "$name" ] || exit 0
done
cp ../../${quote(seed)} opencode.json`
  return {
    files: [
      { path: seed, content: `${content}\n`, mode: 0o600 },
      { path: plugin, content: openCodePlugin, mode: 0o600 },
      { path: lock, content: `${typesLock}\n`, mode: 0o600 },
    ],
    script,
  }
}

/** Also where the version was installed without one. */
function firstDatabase(runtimePath: string): string {
  const empty = quote(`${runtimePath}/${emptyDatabase}`)
  return `data=.local/share/opencode
if [ ! -s "$data/opencode.db" ]; then
  mkdir -p "$data"
  if [ -s ${empty} ]; then
    cat ${empty} >"$data/opencode.db.new" && mv "$data/opencode.db.new" "$data/opencode.db" || exit 1
  else
    ${quote(`${runtimePath}/bin/opencode`)} db 'select 1' >/dev/null
  fi
fi`
}

export function openCodeEnvironment(context: AgentContext): Record<string, string> {
  return {
    [keyVariable]: context.upstream?.key ?? 'none',
    AGENT_MACHINES_STATE: `${context.home}/${folder}`,
    OPENCODE_CONFIG_CONTENT: openCodeSettings(context),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_SHARE: '1',
  }
}

/**
 * What the machine decides, stronger than every file of the person or of the project; the key is only named.
 *
 * The CLI has this provider's library in its binary. No other provider is offered, not even the CLI's own.
 */
export function openCodeSettings({ home, upstream, model }: AgentContext): string {
  const models = model === null ? {} : { [model]: {} }
  return JSON.stringify({
    plugin: [`file://${home}/${plugin}`],
    enabled_providers: [provider],
    ...(upstream && {
      provider: {
        [provider]: {
          npm: '@ai-sdk/openai-compatible',
          name: upstream.id,
          options: { baseURL: `${upstream.baseUrl}/v1`, apiKey: `{env:${keyVariable}}` },
          models,
        },
      },
    }),
    ...(model !== null && { small_model: `${provider}/${model}` }),
  })
}

export function openCodeModel(model: string | null): string[] {
  return model === null ? [] : [`--model=${provider}/${model}`]
}
