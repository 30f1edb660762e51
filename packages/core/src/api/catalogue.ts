import { z } from 'zod'
import { gateReasonSchema } from '../gate/decide-gate.ts'
import { capabilitiesSchema, isolationSchema, networkSchema } from '../machine/machine-state.ts'
import { protocolSchema } from '../runtime/runtime-manifest.ts'

const readiness = { readiness: z.enum(['ready', 'blocked']), reasons: z.array(gateReasonSchema) }

export const runtimeEntrySchema = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  /** The newest that can be installed; null when nothing is. */
  version: z.string().nullable(),
  /** All that can be installed, newest first. */
  versions: z.array(z.string()),
  protocols: z.array(protocolSchema),
  hasAgent: z.boolean(),
  /** True for one that has no model of its own choice. */
  modelRequired: z.boolean().optional(),
  /** Whether it takes runs: tasks without anybody at the console. */
  takesRuns: z.boolean(),
  /** Whether it has a chat gateway: a server that keeps its agent loaded for messages. */
  hasGateway: z.boolean(),
  ...readiness,
})
export type RuntimeEntry = z.infer<typeof runtimeEntrySchema>

export const substrateEntrySchema = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  docsPath: z.string(),
  credentials: z.array(
    z.object({ name: z.string(), label: z.string(), help: z.string(), required: z.boolean() }),
  ),
  capabilities: capabilitiesSchema,
  isolation: isolationSchema,
  network: networkSchema,
  /** Whether a folder of the control plane's computer can be mounted. */
  hostPath: z.boolean(),
  ...readiness,
})
export type SubstrateEntry = z.infer<typeof substrateEntrySchema>

export const upstreamEntrySchema = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  protocols: z.array(protocolSchema),
  credential: z.string(),
  keyRequired: z.boolean(),
  /** Null where the person names the address. */
  baseUrl: z.string().nullable(),
  /** Whether the person says which protocols it serves. */
  takesProtocols: z.boolean(),
  /** Whether a model has to be named. */
  modelRequired: z.boolean(),
  /** Whether anybody gets its list of models. */
  listIsOpen: z.boolean(),
  models: z.array(z.string()),
  ...readiness,
})
export type UpstreamEntry = z.infer<typeof upstreamEntrySchema>

export const gateRequestSchema = z.strictObject({
  runtime: z.string(),
  substrate: z.string(),
  upstream: z.string().optional(),
  model: z.string().min(1).max(255).optional(),
})
export type GateRequest = z.infer<typeof gateRequestSchema>
