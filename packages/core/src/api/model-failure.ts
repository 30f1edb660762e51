import { z } from 'zod'

/** Why a model source did not serve a request. */
export const modelFailureSchema = z.object({
  code: z.enum([
    'key-refused',
    'model-unknown',
    'address-wrong',
    'unreachable',
    'limited',
    'upstream-failed',
    'answer-cut',
    'request-refused',
  ]),
  /** What to do. */
  fix: z.string(),
  /** Whether the same request may do later. */
  isTransient: z.boolean(),
})
export type ModelFailure = z.infer<typeof modelFailureSchema>
