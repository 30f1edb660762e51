import { type PlannedFile, quote } from '@agent-machines/core'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { hermesFolder } from './hermes-paths.ts'

const seed = `${hermesFolder}/config.yaml`

/** Asks before it acts and waits a day for the answer; downloads nothing; the environment names the model. */
const config = `model:
  provider: custom
  base_url: \${AGENT_MACHINES_MODEL_URL}
  api_key: \${AGENT_MACHINES_MODEL_KEY}
  api_mode: \${AGENT_MACHINES_MODEL_API}
  default: \${AGENT_MACHINES_MODEL}
approvals:
  mode: manual
  timeout: 86400
clarify:
  timeout: 86400
security:
  tirith_enabled: false
model_catalog:
  enabled: false
`

/** Written only when absent, since people and the CLI itself edit it. */
export const hermesConfig: { readonly files: readonly PlannedFile[]; readonly script: string } = {
  files: [{ path: seed, content: config, mode: 0o600 }],
  script: `umask 077
mkdir -p .hermes
[ -s .hermes/config.yaml ] || cp ${quote(seed)} .hermes/config.yaml`,
}

/** What the machine decides, given anew at each start, so that the configuration file stays the user's. */
export function hermesEnvironment({ upstream, model }: AgentContext): Record<string, string> {
  const isChat = upstream?.protocol !== 'anthropic-messages'
  return {
    AGENT_MACHINES_MODEL_URL: `${upstream?.baseUrl ?? ''}${isChat ? '/v1' : ''}`,
    AGENT_MACHINES_MODEL_KEY: upstream?.key ?? 'none',
    AGENT_MACHINES_MODEL_API: isChat ? 'chat_completions' : 'anthropic_messages',
    AGENT_MACHINES_MODEL: model ?? '',
  }
}
