import type { z } from 'zod'
import { AgentMachinesError } from '../errors/agent-machines-error.ts'

/** Parses `value`, or refuses it with `REQUEST_INVALID` naming every field that is wrong. */
export function parseOrRefuse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const first = errors[0]
  const where = first?.path ? `${what}: ${first.path}` : what
  throw new AgentMachinesError('REQUEST_INVALID', `${where}: ${first?.message ?? 'not valid'}`, {
    details: { errors },
  })
}
