import { isAgentMachinesError, toProblem } from '@agent-machines/core'
import { UsageError } from './usage-error.ts'

export interface ErrorReport {
  readonly exitCode: 1 | 2
  readonly text: string
}

/** What a person, or with `json` a program, is told about a failure. */
export function reportError(error: unknown, json: boolean): ErrorReport {
  if (error instanceof UsageError) return { exitCode: 2, text: withJson(json, { detail: error.message }) }
  if (!isAgentMachinesError(error)) {
    const detail = error instanceof Error ? error.message : String(error)
    return { exitCode: 1, text: withJson(json, { title: 'Something failed inside am.', detail }) }
  }
  const { type: _, status: __, requestId: ___, ...problem } = toProblem(error, '')
  const reasons = reasonsOf(error.details['reasons'])
  if (json) return { exitCode: 1, text: JSON.stringify(problem, null, 2) }
  const lines = [`error: ${problem.title}`]
  if (problem.detail && problem.detail !== problem.title) lines.push(`  ${problem.detail}`)
  lines.push(...reasons.map((reason) => `  - ${reason}`), `hint: ${problem.hint}`)
  return { exitCode: 1, text: lines.join('\n') }
}

function withJson(json: boolean, problem: { title?: string; detail: string }): string {
  return json ? JSON.stringify(problem, null, 2) : `error: ${problem.detail}`
}

/** A blocked gate names everything that is missing. */
function reasonsOf(reasons: unknown): string[] {
  if (!Array.isArray(reasons)) return []
  return reasons.flatMap((reason: unknown) => {
    if (typeof reason !== 'object' || reason === null || !('message' in reason)) return []
    return [`${reason.message} ${'fix' in reason ? reason.fix : ''}`.trim()]
  })
}
