/** What is ours beside the CLI. Relative to the home, as the others. */
export const openClawFolder = '.agent-machines/state/openclaw'

/** Where the plugin tells what the agent with this pid does. */
export const openClawStateFile = `${openClawFolder}/told/<pid>.json`

/** The CLI's own data of the one agent that it has unless told otherwise. */
export const openClawConversations = '.openclaw/agents/main/agent/openclaw-agent.sqlite'

/** The CLI's own data of runs, one folder for each conversation. */
export const openClawRunsFolder = `${openClawFolder}/runs`
