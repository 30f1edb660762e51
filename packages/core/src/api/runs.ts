import { z } from 'zod'
import { holdsNoNul } from './holds-no-nul.ts'
import { pageQuerySchema } from './machines.ts'
import { modelFailureSchema } from './model-failure.ts'

/** `starting` and `running` are not over; every other state is what a run came to. */
export const runStates = [
  'starting',
  'running',
  'done',
  'failed',
  'limit-reached',
  'budget-reached',
  'timed-out',
  'cancelled',
] as const
export const runStateSchema = z.enum(runStates)
export type RunState = z.infer<typeof runStateSchema>
export type RunOutcome = Exclude<RunState, 'starting' | 'running'>

/** Longest text of one event in characters; the rest is dropped and the event marked `truncated`. */
export const runTextLimit = 65_536

/** How the agent was reached: started for this task alone, or through the gateway that keeps it loaded. */
export const runVias = ['one-shot', 'gateway'] as const
export type RunVia = (typeof runVias)[number]

const task = z.string().min(1).max(262_144).refine(holdsNoNul, 'A task cannot hold NUL.')

/** `chat`: a message in a conversation that somebody has with the agent. */
export const runOrigins = ['run', 'chat'] as const
export type RunOrigin = (typeof runOrigins)[number]
const session = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, 'A session as a run names it.')
/** In the place of a session: the newest conversation of the same origin, or a new one. */
export const latestSession = 'latest'

export const createRunSchema = z.strictObject({
  task,
  origin: z.enum(runOrigins).default('run'),
  /** The machine's own unless given. */
  model: z.string().min(1).max(255).optional(),
  /** A conversation of the runtime to go on with, as an earlier run's `session` names it, or `latest`. */
  session: session.optional(),
  /** `configured`: what the agent's settings allow; `all`: everything, for this run alone. */
  permissions: z.enum(['configured', 'all']).default('configured'),
  /** The run is ended after this; the time a machine sleeps does not count. */
  timeoutMs: z.number().int().min(1000).max(86_400_000).default(3_600_000),
  /** The runtime stops by itself when this is used up. */
  budgetUsd: z.number().positive().max(100_000).optional(),
})
export type CreateRun = z.infer<typeof createRunSchema>
/** As a caller writes it, defaults left out. */
export type CreateRunInput = z.input<typeof createRunSchema>

export const runUsageSchema = z.object({
  /** Read neither from nor into a cache. */
  inputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  /** Reasoning included. */
  outputTokens: z.number(),
  /** Null where nobody knows. */
  costUsd: z.number().nullable(),
  /** Whose figure the cost is: the runtime's own, or ours from a table of list prices. */
  costSource: z.enum(['runtime', 'estimate']).nullable(),
})
export type RunUsage = z.infer<typeof runUsageSchema>

const stamp = { at: z.string(), truncated: z.boolean().optional() }
/** The tool call by which an agent was started that did this; absent for the agent itself. */
const parent = z.string().optional()
const call = z.string()
/** What the model source did wrong, where that is how it ended. */
const cause = modelFailureSchema.nullable().default(null)

/** What a run did, by event name; `tool-result` answers the `tool-call` of the same `call`. */
export const runEventDataSchemas = {
  session: z.object({ session: z.string(), model: z.string().nullable() }),
  message: z.object({ text: z.string(), parent }),
  thinking: z.object({ text: z.string(), parent }),
  'tool-call': z.object({ call, name: z.string(), input: z.unknown(), parent }),
  'tool-result': z.object({ call, output: z.string(), isError: z.boolean(), parent }),
  /** All that the run has used so far. */
  usage: runUsageSchema,
  /** `fatal` false: the runtime goes on. */
  error: z.object({ message: z.string(), fatal: z.boolean() }),
  /** Exactly one, last. */
  end: z.object({
    state: runStateSchema.exclude(['starting', 'running']),
    detail: z.string().nullable(),
    exitCode: z.number().int().nullable(),
    cause,
  }),
} as const

type DataOf = { [Name in keyof typeof runEventDataSchemas]: z.infer<(typeof runEventDataSchemas)[Name]> }
export type RunEventName = keyof DataOf
/** One thing a run did. */
export type RunEvent = { [Name in RunEventName]: { event: Name; data: DataOf[Name] } }[RunEventName]

/** An event as it is sent: its number from 1, when it was noted, and whether text of it was dropped. */
export type StoredRunEvent = RunEvent & {
  readonly seq: number
  readonly at: string
  readonly truncated?: boolean
}
export const runEventStampSchema = z.object(stamp)

export const runSchema = z.object({
  id: z.string(),
  machineId: z.string(),
  task: z.string(),
  origin: z.enum(runOrigins),
  via: z.enum(runVias),
  state: runStateSchema,
  /** One sentence on how it ended, where the state alone does not say. */
  detail: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  cause,
  /** The conversation it is in; with it another run goes on. */
  session: z.string().nullable(),
  model: z.string().nullable(),
  permissions: z.enum(['configured', 'all']),
  timeoutMs: z.number().int(),
  budgetUsd: z.number().nullable(),
  usage: runUsageSchema.nullable(),
  /** The agent's last message. */
  result: z.string().nullable(),
  cancelRequested: z.boolean(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
})
export type Run = z.infer<typeof runSchema>

export const runListQuerySchema = pageQuerySchema.extend({
  origin: z.enum(runOrigins).optional(),
  /** Only those in this conversation. */
  session: session.optional(),
})
export type RunListQuery = z.infer<typeof runListQuerySchema>

/** A message to the agent of a machine. */
export const chatSchema = z.strictObject({
  message: task,
  /** A conversation, `latest` unless told; null begins a new one. */
  session: session.nullable().default(latestSession),
  permissions: createRunSchema.shape.permissions,
})
export type Chat = z.infer<typeof chatSchema>

/** Whether nothing more will happen to it. */
export function isRunOver(state: RunState): state is RunOutcome {
  return state !== 'starting' && state !== 'running'
}
