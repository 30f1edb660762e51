import { quote, quoteAll } from '@agent-machines/core'
import { sayThroughGateway } from '../gateway/gateway-files.ts'
import { type GatewayRecipe, gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { openClawServerConfig, openClawServing } from './openclaw-config.ts'
import { openClawGatewayClient } from './openclaw-gateway-client.ts'
import { openClawCommand, openClawNode } from './openclaw-install.ts'
import { openClawGatewayClientPath, openClawGatewayPrefix } from './openclaw-paths.ts'
import { OpenClawRunReader } from './openclaw-run-reader.ts'

/** The CLI's own server, which keeps conversations of its own. */
export const openClawGateway: GatewayRecipe<AgentContext> = {
  port: 18_789,
  files: [
    openClawServerConfig,
    { path: openClawGatewayClientPath, content: openClawGatewayClient, mode: 0o600 },
  ],
  serve: (context) => `${Object.entries(openClawServing(context))
    .map(([name, value]) => `export ${name}=${quote(value)}`)
    .join('\n')}
export OPENCLAW_GATEWAY_TOKEN="$${gatewayTokenVariable}"
exec ${quoteAll([...openClawCommand(context), 'gateway', 'run', '--port'])} "$${gatewayPortVariable}"`,
  client: ({ runtimePath, home }) => [
    `${runtimePath ?? ''}/${openClawNode}`,
    `${home}/${openClawGatewayClientPath}`,
  ],
  holds: (session) => session.startsWith(openClawGatewayPrefix),
  holdsAlone: true,
  headless: {
    budget: 'usage',
    commandFor: (_, { session }) => sayThroughGateway(session),
    createReader: (model) => new OpenClawRunReader(model),
  },
}
