import { z } from 'zod'
import { AgentMachinesError } from './agent-machines-error.ts'
import { type ErrorCode, errorCatalog } from './error-catalog.ts'

/** RFC 9457 answer; members beyond the listed ones are the error's details. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  hint: z.string(),
  retry: z.enum(['never', 'after-fix', 'later']),
  requestId: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

const documentation = 'https://agent-machines.dev/errors/'
const reserved = new Set(['type', 'title', 'status', 'detail', 'code', 'hint', 'retry', 'requestId'])

/** The answer for `error`; details become extra members and can't replace the standard ones. */
export function toProblem(error: AgentMachinesError, requestId: string): Problem {
  const { status, title, hint, retry } = error.entry
  const extra = Object.entries(detailsOf(error)).filter(([name]) => !reserved.has(name))
  return {
    ...Object.fromEntries(extra),
    type: documentation + error.code.toLowerCase().replaceAll('_', '-'),
    title,
    status,
    detail: error.message,
    code: error.code,
    hint,
    retry,
    requestId,
  }
}

/** Rebuilds the error a problem was made from, its `requestId` among the details; a code this version does not know becomes `INTERNAL`. */
export function fromProblem(problem: Problem): AgentMachinesError {
  const code = problem.code in errorCatalog ? (problem.code as ErrorCode) : 'INTERNAL'
  const details = Object.fromEntries(Object.entries(problem).filter(([name]) => !reserved.has(name)))
  return new AgentMachinesError(code, problem.detail ?? problem.title, {
    details: { ...details, requestId: problem.requestId },
  })
}

/** Every invalid request names what is wrong with it, also where that is no field. */
function detailsOf({ code, message, details }: AgentMachinesError): Record<string, unknown> {
  return code === 'REQUEST_INVALID' ? { errors: [{ path: '', message }], ...details } : details
}
