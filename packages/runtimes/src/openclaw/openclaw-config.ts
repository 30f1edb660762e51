import { type PlannedFile, quote } from '@agent-machines/core'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { openClawFolder, openClawGatewayState, openClawTurnsFolder } from './openclaw-paths.ts'
import { openClawPluginFiles } from './openclaw-plugin.ts'

const seed = `${openClawFolder}/person.json`
const pluginFolder = `${openClawFolder}/plugin`
const provider = 'am'
const keyVariable = 'AGENT_MACHINES_MODEL_KEY'

const machineConfig = `${openClawFolder}/machine.json`
/** The same, where everything is allowed whatever the person set. */
const allowAllConfig = `${openClawFolder}/allow-all.json`
/** The same, with the server that takes messages. */
const gatewayConfig = `${openClawFolder}/gateway.json`

/**
 * The person's own configuration, written only when absent, and what the machine decides, which is stronger.
 *
 * The CLI includes the first into the second, and replaces the names of variables by their values at each start.
 */
export function openClawFiles(context: AgentContext): { files: PlannedFile[]; script: string } {
  const person = { agents: { defaults: { heartbeat: { every: '0m' } } } }
  const script = `umask 077
mkdir -p .openclaw ${quote(`${openClawFolder}/told`)}
[ -s .openclaw/openclaw.json ] || cp ${quote(seed)} .openclaw/openclaw.json`
  const files = [
    jsonFile(seed, person),
    jsonFile(machineConfig, whatTheMachineDecides(context)),
    jsonFile(allowAllConfig, { $include: ['./machine.json'], tools: { exec: { mode: 'full' } } }),
    ...openClawPluginFiles(pluginFolder),
  ]
  return { files, script }
}

function whatTheMachineDecides({ home, workDirectory }: AgentContext): object {
  const model = `\${AGENT_MACHINES_MODEL}`
  return {
    $include: [`${home}/.openclaw/openclaw.json`],
    agents: {
      defaults: { workspace: workDirectory, skipBootstrap: true, model: { primary: `${provider}/${model}` } },
    },
    models: {
      mode: 'replace',
      providers: {
        [provider]: {
          baseUrl: `\${AGENT_MACHINES_MODEL_URL}`,
          api: `\${AGENT_MACHINES_MODEL_API}`,
          apiKey: { source: 'env', provider: 'default', id: keyVariable },
          models: [{ id: model, name: model }],
        },
      },
    },
    plugins: {
      load: { paths: [`${home}/${pluginFolder}`] },
      entries: { 'agent-machines': { enabled: true, hooks: { allowConversationAccess: true } } },
    },
  }
}

/** What the machine decides, given anew at each start. */
export function openClawEnvironment(context: AgentContext): Record<string, string> {
  const { home, upstream, model } = context
  const { api, suffix } = apis[upstream?.protocol ?? 'openai-chat']
  return {
    AGENT_MACHINES_MODEL_URL: `${upstream?.baseUrl ?? ''}${suffix}`,
    AGENT_MACHINES_MODEL_API: api,
    AGENT_MACHINES_MODEL: model ?? '',
    [keyVariable]: upstream?.key ?? 'none',
    AGENT_MACHINES_STATE: `${home}/${openClawFolder}/told`,
    OPENCLAW_INCLUDE_ROOTS: `${home}/.openclaw`,
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_NO_AUTO_UPDATE: '1',
    // The process that is started stays the agent's.
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_CONFIG_PATH: `${home}/${machineConfig}`,
  }
}

/** Added to that environment, it lets the agent do everything. */
export function openClawAllowAll({ home }: AgentContext): Record<string, string> {
  return { OPENCLAW_CONFIG_PATH: `${home}/${allowAllConfig}` }
}

/** The file with which the CLI's server takes messages. */
export const openClawServerConfig = jsonFile(gatewayConfig, {
  $include: ['./machine.json'],
  gateway: {
    mode: 'local',
    bind: 'loopback',
    // The token comes with the environment.
    auth: { mode: 'token' },
    controlUi: { enabled: false },
    http: { endpoints: { chatCompletions: { enabled: true } } },
  },
})

/** Added to that environment, it makes the CLI's server use that file and a state of its own. */
export function openClawServing({ home }: AgentContext): Record<string, string> {
  return {
    OPENCLAW_CONFIG_PATH: `${home}/${gatewayConfig}`,
    OPENCLAW_STATE_DIR: `${home}/${openClawGatewayState}`,
    AGENT_MACHINES_TURNS: `${home}/${openClawTurnsFolder}`,
  }
}

const apis = {
  'openai-chat': { api: 'openai-completions', suffix: '/v1' },
  'openai-responses': { api: 'openai-responses', suffix: '/v1' },
  'anthropic-messages': { api: 'anthropic-messages', suffix: '' },
} as const

function jsonFile(path: string, content: object): PlannedFile {
  return { path, content: `${JSON.stringify(content, null, 2)}\n`, mode: 0o600 }
}
