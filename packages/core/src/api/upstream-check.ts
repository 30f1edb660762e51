import { z } from 'zod'

/** What an upstream says to one free request with a key. */
export const upstreamCheckSchema = z.object({
  state: z.enum(['ok', 'failed']),
  /** Whose doing a failure is; `ok` where there is none. */
  code: z.enum([
    'ok',
    'key-missing',
    'key-refused',
    'unreachable',
    'address-wrong',
    'protocol-missing',
    'limited',
    'upstream-failed',
  ]),
  message: z.string(),
  /** What to do; empty where there is nothing to do. */
  fix: z.string(),
  /** Whether the same request may do later. */
  isTransient: z.boolean(),
  /** Names of its models; null where it lists none. */
  models: z.array(z.string()).nullable(),
  checkedAt: z.string(),
})
export type UpstreamCheck = z.infer<typeof upstreamCheckSchema>
