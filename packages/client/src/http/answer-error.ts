import { AgentMachinesError, fromProblem, problemSchema } from '@agent-machines/core'

/**
 * The error that an answer of status 400 or above stands for.
 *
 * An answer that is no problem document did not come from the control plane itself but from something in
 * between: 502 to 504 mean nobody is behind it.
 */
export function toError(status: number, body: string): AgentMachinesError {
  const problem = problemSchema.safeParse(parseJson(body))
  if (problem.success) return fromProblem(problem.data)
  if (status >= 502 && status <= 504) {
    return new AgentMachinesError(
      'CONTROL_PLANE_UNREACHABLE',
      `Something in front of the control plane answered ${status}.`,
    )
  }
  return new AgentMachinesError('INTERNAL', `The answer was ${status} without an explanation.`, {
    details: { status },
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, so not a problem document.
    return undefined
  }
}
