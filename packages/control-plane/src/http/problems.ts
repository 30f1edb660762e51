import { randomUUID } from 'node:crypto'
import { AgentMachinesError, isAgentMachinesError, type Problem, toProblem } from '@agent-machines/core'
import type { Logger } from 'pino'
import { databaseUnavailable, isDatabaseAway } from '../store/postgres-errors.ts'
import type { ServerEvent } from '../streams/server-event.ts'

/**
 * The answer for anything that was thrown; what nobody expected becomes `INTERNAL` without a detail.
 *
 * Failures of ours are logged under the answer's request id. A query's own message holds its parameters, so
 * only its cause is logged.
 */
export function problemOf(error: unknown, log: Logger, facts: Record<string, unknown> = {}): Problem {
  const requestId = randomUUID()
  const known = isAgentMachinesError(error)
    ? error
    : isDatabaseAway(error)
      ? databaseUnavailable(error)
      : null
  if (!known || known.entry.status >= 500) {
    log.error({ ...facts, err: withoutQuery(error), requestId }, 'request failed')
  }
  const problem = toProblem(known ?? new AgentMachinesError('INTERNAL'), requestId)
  if (!known) delete problem.detail
  return problem
}

function withoutQuery(error: unknown): unknown {
  return error instanceof Error && 'query' in error ? error.cause : error
}

/** The events, and what goes wrong with them as a last `error` event; nothing more once `signal` aborted. */
export async function* withErrorEvent(
  events: AsyncIterable<ServerEvent>,
  signal: AbortSignal,
  log: Logger,
): AsyncGenerator<ServerEvent> {
  try {
    yield* events
  } catch (error) {
    if (!signal.aborted) yield { event: 'error', data: problemOf(error, log) }
  }
}
