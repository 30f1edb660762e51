import type { DoctorFacts } from './doctor-facts.ts'
import { type DoctorFinding, ok } from './doctor-finding.ts'

const about = { id: 'database', label: 'Database' }

/** Whether the database opens, and for the embedded one who has it open. */
export function judgeDatabase({ database, dataDirectory, port }: DoctorFacts): DoctorFinding {
  const { kind, problem, version, holder } = database
  if (problem !== null) {
    const fix = kind === 'server' ? 'Check DATABASE_URL and that server.' : 'Run `npm ci` again.'
    return { ...about, state: 'fail', message: problem, fix }
  }
  if (kind === 'server') return ok(about, `The server of DATABASE_URL answers, Postgres ${version}.`)
  const embedded = `Embedded Postgres ${version}`
  if (holder === null) return ok(about, `${embedded}; nobody has it open.`)
  const where = holder.address === null ? '' : ` at ${holder.address}`
  const user = `the control plane${where} (process ${holder.pid}, since ${holder.since})`
  if (port.state === 'ours') return ok(about, `${embedded}, open in ${user}.`)
  return {
    ...about,
    state: 'warn',
    message: `${dataDirectory.path} is in use by ${user}, but it does not answer on port ${port.number}.`,
    fix:
      holder.address === null
        ? `Wait until it has started, or stop process ${holder.pid}.`
        : `Use that one (AGENT_MACHINES_URL=${holder.address}), or stop process ${holder.pid}.`,
  }
}
