import { z } from 'zod'

export const phaseStates = ['pending', 'running', 'done', 'failed', 'skipped'] as const
export const phaseErrorSchema = z.object({
  /** Whose it is. */
  category: z.enum(['configuration', 'substrate', 'network', 'ours']),
  message: z.string(),
  /** Whether trying again can help. */
  transient: z.boolean(),
  /** The last lines of the phase's log. */
  log: z.array(z.string()),
})
export const bootstrapPhaseSchema = z.object({
  id: z.string(),
  label: z.string(),
  group: z.enum(['core', 'extra']),
  state: z.enum(phaseStates),
  /** 0 before the first. */
  attempt: z.number().int().default(0),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  error: phaseErrorSchema.optional(),
})
/** One bootstrap step as the outside sees it. */
export type BootstrapPhase = z.infer<typeof bootstrapPhaseSchema>

export const bootstrapSchema = z.object({
  state: z.enum(['pending', 'running', 'done', 'failed']),
  phases: z.array(bootstrapPhaseSchema),
})
export type Bootstrap = z.infer<typeof bootstrapSchema>

/** One step of a plan, before it runs. */
export interface PlannedPhase {
  readonly id: string
  readonly label: string
  readonly group: 'core' | 'extra'
  /** POSIX shell, run on the machine in its home; safe to run again after it was cut off. */
  readonly script: string
  readonly timeoutS: number
  /** Tries in all, at least 1. */
  readonly attempts: number
}

export interface PlannedFile {
  /** Relative to the home. */
  readonly path: string
  readonly content: string
  readonly mode: number
}

/** What the runner on the machine executes. Secrets stand only in `files`, all of them mode 0600. */
export interface BootstrapPlan {
  readonly phases: readonly PlannedPhase[]
  readonly files: readonly PlannedFile[]
}
