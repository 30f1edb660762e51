import { z } from 'zod'

const phaseBase = { event: z.literal('phase'), id: z.string() }
const attempt = {
  attempt: z.number().int(),
  /** Which start of the runner; the log names it too. */
  run: z.number().int(),
  at: z.string(),
}

/** One line of `bootstrap/state` on a machine, written by the runner. */
export const bootstrapStateEventSchema = z.union([
  z.object({ event: z.literal('run'), at: z.string() }),
  /** Done by an earlier run. */
  z.object({ ...phaseBase, state: z.literal('kept') }),
  z.object({ ...phaseBase, ...attempt, state: z.enum(['running', 'done']) }),
  z.object({
    ...phaseBase,
    ...attempt,
    state: z.literal('failed'),
    exitCode: z.number().int(),
    /** The time limit was reached. */
    expired: z.boolean(),
  }),
  z.object({ event: z.literal('end'), state: z.enum(['done', 'failed']) }),
])
export type BootstrapStateEvent = z.infer<typeof bootstrapStateEventSchema>
