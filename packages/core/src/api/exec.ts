import { z } from 'zod'
import { holdsNoNul } from './holds-no-nul.ts'

const word = z.string().refine(holdsNoNul, 'It cannot hold NUL.')

export const execRequestSchema = z
  .strictObject({
    command: word.min(1),
    stdin: z.string().optional(),
    stdinBase64: z.base64().optional(),
    cwd: word.min(1).max(4096).optional(),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), word).optional(),
    timeoutMs: z.number().int().min(1).max(86_400_000).optional(),
  })
  .refine((body) => body.stdin === undefined || body.stdinBase64 === undefined, {
    message: 'Give stdin or stdinBase64, not both.',
    path: ['stdinBase64'],
  })
export type ExecRequest = z.infer<typeof execRequestSchema>

export const execAnswerSchema = z.object({
  stdout: z.string(),
  stderr: z.string(),
  exitCode: z.number().int(),
  durationMs: z.number(),
  truncated: z.boolean().optional(),
  timedOut: z.boolean().optional(),
})
export type ExecAnswer = z.infer<typeof execAnswerSchema>
