import { z } from 'zod'

export const machineStates = [
  'provisioning',
  'bootstrapping',
  'ready',
  'asleep',
  'waking',
  'destroying',
  'destroyed',
  'failed',
  'unknown',
] as const
export const machineStateSchema = z.enum(machineStates)
export type MachineState = z.infer<typeof machineStateSchema>

export const agentStates = ['starting', 'idle', 'busy', 'waiting', 'limited', 'exited', 'unknown'] as const
export const agentStateSchema = z.object({
  state: z.enum(agentStates),
  /** When this state was first seen, ISO 8601. */
  since: z.string(),
  /** The signal the state was read from, such as `session-file` or `pane-title`. */
  source: z.string(),
  /** What a waiting agent waits for, until when a limited one is limited, an exit code. */
  detail: z.string().optional(),
})
/** What the agent in the console is doing, with the evidence for it. */
export type AgentState = z.infer<typeof agentStateSchema>

/** `stopped`: its machine is not up; `down`: it ended by itself, or does not answer. */
export const gatewayStates = ['starting', 'ready', 'down', 'stopped'] as const
export const gatewaySchema = z.object({
  state: z.enum(gatewayStates),
  /** On the machine's loopback; null until one was chosen. */
  port: z.number().int().nullable(),
  /** When this state was first seen, ISO 8601. */
  since: z.string(),
  /** Why it is down. */
  detail: z.string().optional(),
})
/** What a machine's chat gateway is doing, as its keeper on the machine tells it. */
export type Gateway = z.infer<typeof gatewaySchema>

export const isolationSchema = z.enum(['vm', 'container', 'namespaces', 'host-user', 'none'])
export type Isolation = z.infer<typeof isolationSchema>
export const networkSchema = z.enum(['own', 'shared-host'])
export type Network = z.infer<typeof networkSchema>

export const capabilitiesSchema = z.object({
  sleep: z.boolean(),
  /** Processes and their memory are still there after a wake. */
  memoryKept: z.boolean(),
  streamExec: z.boolean(),
  attach: z.boolean(),
  publicUrl: z.boolean(),
  limits: z.object({ cpu: z.boolean(), memory: z.boolean(), pids: z.boolean() }),
})
export type Capabilities = z.infer<typeof capabilitiesSchema>
