import { type PlannedFile, quote, quoteAll } from '@agent-machines/core'
import { type GatewayRecipe, gatewayPortVariable, gatewayTokenVariable } from '../recipe/gateway.ts'
import type { HeadlessCommand } from '../recipe/headless.ts'
import { agentEnvironmentPath } from '../recipe/paths.ts'
import type { AgentContext } from '../recipe/runtime-recipe.ts'
import { gatewayFolder, gatewayProgram } from './gateway-paths.ts'
import { gatewayScript } from './gateway-script.ts'

/** What a machine with a chat gateway has besides its agent: the keeper, the server and the program that talks to it. */
export function gatewayFiles(gateway: GatewayRecipe<AgentContext>, context: AgentContext): PlannedFile[] {
  const { home, workDirectory } = context
  const serve = `#!/bin/sh
set -a
. ${quote(`${home}/${agentEnvironmentPath}`)} || exit 1
set +a
cd ${quote(workDirectory)} || exit 1
${gateway.serve(context)}
`
  const client = `#!/bin/sh
cd ${quote(`${home}/${gatewayFolder}`)} || exit 1
if [ -z "$${gatewayTokenVariable}" ]; then
  read -r ${gatewayPortVariable} <port
  read -r ${gatewayTokenVariable} <token
  export ${gatewayPortVariable} ${gatewayTokenVariable}
fi
exec ${quoteAll(gateway.client(context))} "$@"
`
  return [
    ...gateway.files,
    { path: gatewayProgram, content: gatewayScript(gateway.port), mode: 0o700 },
    { path: `${gatewayFolder}/serve`, content: serve, mode: 0o700 },
    { path: `${gatewayFolder}/client`, content: client, mode: 0o700 },
  ]
}

/** POSIX shell, run in the home: starts the gateway unless it runs. */
export const startGateway = `"$HOME/${gatewayProgram}" start`

/** Ends it, where there is one: what it was started with may be about to change. */
export const stopGateway = `[ ! -x ${gatewayProgram} ] || "$HOME/${gatewayProgram}" stop`

/** Starts it anew. */
export const restartGateway = `"$HOME/${gatewayProgram}" restart`

/** The headless command that says one message through the gateway: `client say`, with the conversation to go on with. */
export function sayThroughGateway(session: string | undefined): HeadlessCommand {
  const script = `${startGateway} && exec "$HOME/${gatewayFolder}/client" say "$@"`
  const words = session === undefined ? [] : [session]
  return { command: ['/bin/sh', '-c', script, 'sh', ...words], environment: {} }
}
