/** What is ours beside the CLI. Relative to the home, as the others. */
export const openClawFolder = '.agent-machines/state/openclaw'

/** Where the plugin tells what the agent with this pid does. */
export const openClawStateFile = `${openClawFolder}/told/<pid>.json`

/** The CLI's own data of the one agent that it has unless told otherwise. */
export const openClawConversations = '.openclaw/agents/main/agent/openclaw-agent.sqlite'

/** The CLI's own data of runs, one folder for each conversation. */
export const openClawRunsFolder = `${openClawFolder}/runs`

/** The CLI's own data of its server, which nothing else may use meanwhile. */
export const openClawGatewayState = `${openClawFolder}/gateway`

/** How the conversations in it are named. */
export const openClawGatewayPrefix = 'gateway-'

/** How the CLI names one of them. */
export function openClawSessionKey(conversation: string): string {
  return `agent:main:${conversation}`
}

/** What the plugin writes of each message to the server, in a file named like its conversation. */
export const openClawTurnsFolder = `${openClawFolder}/turns`

/** Talks to that server. */
export const openClawGatewayClientPath = `${openClawFolder}/gateway-client.mjs`
