import type { SubstrateProbe } from '@agent-machines/core'
import type { DoctorFacts } from './doctor-facts.ts'
import { type DoctorFinding, ok } from './doctor-finding.ts'
import { judgeCredentials } from './judge-credentials.ts'
import { judgeDatabase } from './judge-database.ts'

const oldestNode = [20, 19] as const
/** The first tmux with everything the console uses. */
const oldestTmux = [3, 2] as const
const gib = 1024 ** 3

/** Says of every fact whether machines can live with it, and what to do if not. */
export function judgeFacts(facts: DoctorFacts): DoctorFinding[] {
  return [
    judgeNode(facts),
    judgeTmux(facts),
    ...facts.substrates.flatMap(judgeSubstrate),
    judgeDataDirectory(facts),
    judgeDisk(facts),
    judgePort(facts),
    judgeDatabase(facts),
    ...judgeCredentials(facts),
  ]
}

function judgeNode({ nodeVersion }: DoctorFacts): DoctorFinding {
  const about = { id: 'node', label: 'Node.js' }
  if (isAtLeast(nodeVersion, oldestNode)) return ok(about, `Version ${nodeVersion}.`)
  const fix = `Install Node.js ${oldestNode.join('.')} or newer.`
  return { ...about, state: 'fail', message: `Version ${nodeVersion} is too old.`, fix }
}

function judgeTmux({ tmuxVersion, installLine }: DoctorFacts): DoctorFinding {
  const about = { id: 'tmux', label: 'tmux' }
  const fix = installLine ?? 'Install tmux with the package manager of this system.'
  if (tmuxVersion === null) return { ...about, state: 'fail', message: 'tmux is not installed.', fix }
  if (isAtLeast(tmuxVersion, oldestTmux)) return ok(about, `${tmuxVersion}.`)
  return { ...about, state: 'fail', message: `${tmuxVersion} is older than ${oldestTmux.join('.')}.`, fix }
}

function judgeSubstrate({ label, probe }: DoctorFacts['substrates'][number]): DoctorFinding[] {
  const about = { id: `substrate:${label}`, label }
  const problems = probe.problems.map(({ message, fix }): DoctorFinding => {
    return { ...about, state: 'fail', message, fix }
  })
  return problems.length > 0 ? problems : [judgeMachines(about, probe)]
}

function judgeMachines(about: { id: string; label: string }, probe: SubstrateProbe): DoctorFinding {
  const { sleep, limits } = probe.capabilities
  const shared = probe.network === 'shared-host' ? ', network shared with this computer' : ''
  const message = `Machines start; isolation: ${probe.isolation}${shared}.`
  const unlimited = (['cpu', 'memory', 'pids'] as const).filter((name) => !limits[name])
  if (sleep && unlimited.length === 0) return ok(about, message)
  const lacks = [
    ...(sleep ? [] : ['They cannot sleep.']),
    ...(unlimited.length === 0 ? [] : [`Not limited: ${unlimited.join(', ')}.`]),
  ]
  const fix = 'Give this user a writable cgroup, such as by `systemd-run --user --scope -p Delegate=yes`.'
  return { ...about, state: 'warn', message: [message, ...lacks].join(' '), fix }
}

function judgeDataDirectory({ dataDirectory }: DoctorFacts): DoctorFinding {
  const about = { id: 'data-directory', label: 'Data directory' }
  const { path, problem } = dataDirectory
  if (problem === null) return ok(about, path)
  const fix = 'Make it writable, or choose another with --data or AGENT_MACHINES_DATA.'
  return { ...about, state: 'fail', message: `${path}: ${problem}`, fix }
}

function judgeDisk({ dataDirectory }: DoctorFacts): DoctorFinding {
  const about = { id: 'disk', label: 'Disk space' }
  const free = dataDirectory.freeBytes
  const message = `${(free / gib).toFixed(1)} GiB are free at ${dataDirectory.path}.`
  const fix = 'Free some space, or choose another disk with --data. A runtime takes up to 0.5 GiB.'
  if (free < gib / 2) return { ...about, state: 'fail', message, fix }
  return free < 2 * gib ? { ...about, state: 'warn', message, fix } : ok(about, message)
}

function judgePort({ port }: DoctorFacts): DoctorFinding {
  const about = { id: 'port', label: 'Port' }
  switch (port.state) {
    case 'free':
      return ok(about, `${port.number} is free.`)
    case 'ours':
      return ok(about, `${port.number} is used by Agent Machines itself.`)
    case 'taken': {
      const fix = 'Stop what uses it, or choose another with --port or PORT.'
      const holder = port.holder ?? 'another program'
      return { ...about, state: 'fail', message: `${port.number} is taken by ${holder}.`, fix }
    }
  }
}

/** Compares the first `major.minor` in `text`. */
function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, seenMajor, seenMinor] = /(\d+)\.(\d+)/.exec(text) ?? []
  if (Number(seenMajor) !== major) return Number(seenMajor) > major
  return Number(seenMinor) >= minor
}
