import { AgentMachinesError } from '@agent-machines/core'

/** Whether `error` (or a cause of it) says that a row with these unique values exists already. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (
      'code' in cause &&
      cause.code === '23505' &&
      'constraint' in cause &&
      cause.constraint === constraint
    ) {
      return true
    }
  }
  return false
}

/** `DATABASE_UNAVAILABLE` with the server's or the system's own words. */
export function databaseUnavailable(cause: unknown): AgentMachinesError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AgentMachinesError('DATABASE_UNAVAILABLE', `The database does not answer: ${reason}`, { cause })
}

const lostConnectionCodes =
  /^(08...|57P0[1-3]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND)$/
const lostConnectionMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/

/** Whether a failed query (not a failed request of the query) says that the server is away. */
export function isDatabaseAway(error: unknown): boolean {
  const isQuery = error instanceof Error && (error.name === 'DrizzleQueryError' || 'query' in error)
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : ''
    const fromPostgres = 'severity' in cause || isQuery
    if ((fromPostgres && lostConnectionCodes.test(code)) || lostConnectionMessages.test(cause.message))
      return true
  }
  return false
}
