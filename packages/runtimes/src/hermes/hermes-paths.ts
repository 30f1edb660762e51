/** What of ours lies beside the CLI. Relative to the home. */
export const hermesFolder = '.agent-machines/state/hermes'

/** Runs the CLI in the console and writes down what it does. Relative to the home. */
export const hermesConsolePath = `${hermesFolder}/console.py`

/** Runs the CLI for one task and prints what it does. Relative to the home. */
export const hermesRunPath = `${hermesFolder}/run.py`

/** What the agent in the console does, as `console.py` wrote it last. Relative to the home. */
export const hermesStatePath = `${hermesFolder}/agent.json`

/** Names the conversation in the console, once there is one. Relative to the home. */
export const hermesConversationPath = `${hermesFolder}/conversation`

/** Runs the CLI's HTTP server. Relative to the home. */
export const hermesGatewayPath = `${hermesFolder}/gateway.py`

/** Talks to that server. Relative to the home. */
export const hermesGatewayClientPath = `${hermesFolder}/gateway-client.py`
