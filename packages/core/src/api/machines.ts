import { z } from 'zod'
import { bootstrapSchema } from '../bootstrap/bootstrap-plan.ts'
import { gitRefPattern, gitUrlPattern, machineNameHint, machineNamePattern } from '../machine/field-rules.ts'
import {
  agentStateSchema,
  capabilitiesSchema,
  gatewaySchema,
  isolationSchema,
  machineStateSchema,
  networkSchema,
} from '../machine/machine-state.ts'
import { keptText } from './holds-no-nul.ts'

export const machineSpecSchema = z.strictObject({
  cpus: z.number().positive().max(256).optional(),
  memoryMiB: z.number().int().min(128).max(4_194_304).optional(),
  pids: z.number().int().min(64).max(1_000_000).optional(),
})

export const machineNameSchema = z.string().regex(machineNamePattern, machineNameHint)

export const labelsSchema = z
  .record(keptText(63).min(1), keptText(255))
  .refine((labels) => Object.keys(labels).length <= 32, 'At most 32 labels.')

export const workspaceSchema = z.union([
  z.strictObject({
    git: z.string().min(1).max(2048).regex(gitUrlPattern, 'A git URL.'),
    ref: z.string().min(1).max(255).regex(gitRefPattern, 'A branch, tag or commit.').optional(),
  }),
  z.strictObject({
    hostPath: keptText(4096).startsWith('/', 'An absolute path.'),
  }),
])

export const createMachineSchema = z.strictObject({
  name: machineNameSchema.optional(),
  runtime: z.string(),
  substrate: z.string(),
  upstream: z.string().optional(),
  model: keptText(255).min(1).optional(),
  preset: keptText(63).optional(),
  spec: machineSpecSchema.optional(),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'A variable name.'), keptText(32_768))
    .optional(),
  labels: labelsSchema.optional(),
  workspace: workspaceSchema.optional(),
  /** Keep the runtime's chat gateway running, where it has one. */
  gateway: z.boolean().optional(),
})
export type CreateMachine = z.infer<typeof createMachineSchema>

export const patchMachineSchema = z.strictObject({
  name: machineNameSchema.optional(),
  labels: labelsSchema.optional(),
  upstream: z.string().optional(),
  model: keptText(255).min(1).nullable().optional(),
  gateway: z.boolean().optional(),
})
export type PatchMachine = z.infer<typeof patchMachineSchema>

/** Asks for the newest version of a runtime, whichever that is. */
export const latestVersion = 'latest'

export const reloadMachineSchema = z.strictObject({
  /** Of the runtime, or `latest`; the machine keeps the one it has without it. */
  runtimeVersion: z.string().min(1).max(63).optional(),
})
export type ReloadMachine = z.infer<typeof reloadMachineSchema>

export const machineSchema = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  runtime: z.string(),
  /** What is installed, or about to be; null for a runtime that needs nothing. */
  runtimeVersion: z.string().nullable(),
  substrate: z.string(),
  upstream: z.string().nullable(),
  model: z.string().nullable(),
  preset: z.string().nullable(),
  spec: machineSpecSchema,
  workspace: workspaceSchema.nullable(),
  state: machineStateSchema,
  /** Why, where the state alone does not say; an error code or `processes-lost`. */
  stateReason: z.string().optional(),
  /** One sentence for people to go with `stateReason`. */
  stateDetail: z.string().optional(),
  agent: agentStateSchema.nullable(),
  /** Null where none was asked for. */
  gateway: gatewaySchema.nullable(),
  /** The last non-empty line of the console, where one is known. */
  lastLine: z.string().optional(),
  isolation: isolationSchema,
  network: networkSchema,
  bootstrap: bootstrapSchema,
  capabilities: capabilitiesSchema,
  home: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastActivityAt: z.string(),
  expiresAt: z.string().optional(),
})
export type Machine = z.infer<typeof machineSchema>

export const agentActionSchema = z.strictObject({ action: z.enum(['start', 'stop', 'restart']) })

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
/** What every list takes. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(256).optional(),
})
export type PageQuery = z.infer<typeof pageQuerySchema>
export const listQuerySchema = pageQuerySchema.extend({
  include: z.enum(['destroyed']).optional(),
})
