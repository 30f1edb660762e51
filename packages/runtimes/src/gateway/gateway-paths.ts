/** What the machine keeps of its chat gateway: `token`, `port`, `health`, `lock`, the pids. Relative to the home. */
export const gatewayFolder = '.agent-machines/state/gateway'

/** Starts and ends the gateway. Relative to the home. */
export const gatewayProgram = '.agent-machines/bin/am-gateway'

/** What it printed since it was started last. Relative to the home. */
export const gatewayLog = '.agent-machines/logs/gateway.log'
