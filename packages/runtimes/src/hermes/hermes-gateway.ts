import { quoteAll } from '@agent-machines/core'
import { sayThroughGateway } from '../gateway/gateway-files.ts'
import { type GatewayRecipe, gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { hermesGatewayClient, hermesGatewayProgram } from './hermes-gateway-programs.ts'
import { hermesGatewayClientPath, hermesGatewayPath } from './hermes-paths.ts'
import { HermesRunReader } from './hermes-run-reader.ts'

/** The CLI's own HTTP server, which shares its conversations with the console and with runs. */
export function hermesGateway(python: string): GatewayRecipe<AgentContext> {
  const program = ({ runtimePath, home }: AgentContext, path: string) => [
    `${runtimePath ?? ''}/${python}`,
    `${home}/${path}`,
  ]
  return {
    port: 8642,
    files: [
      { path: hermesGatewayPath, content: hermesGatewayProgram, mode: 0o600 },
      { path: hermesGatewayClientPath, content: hermesGatewayClient, mode: 0o600 },
    ],
    // Unless told, it works in the home.
    serve: (context) => `export TERMINAL_CWD="$PWD"
export API_SERVER_ENABLED=true API_SERVER_HOST=127.0.0.1
export API_SERVER_PORT="$${gatewayPortVariable}" API_SERVER_KEY="$${gatewayTokenVariable}"
exec ${quoteAll(program(context, hermesGatewayPath))}`,
    client: (context) => program(context, hermesGatewayClientPath),
    holds: () => true,
    holdsAlone: false,
    headless: {
      budget: 'usage',
      commandFor: (_, { session }) => sayThroughGateway(session),
      createReader: (model) => new HermesRunReader(model),
    },
  }
}
