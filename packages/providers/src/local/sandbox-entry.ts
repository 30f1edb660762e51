import { posix } from 'node:path'
import { AgentMachinesError, type ExecCommand } from '@agent-machines/core'

/** How to get onto one machine. */
export interface EntryTarget {
  /** `cgroup.procs` files to be in before anything of the machine runs. */
  readonly joins: readonly string[]
  /** Host uid to become first; null when it is ours already. */
  readonly uid: number | null
  /** Null on a machine without one. */
  readonly sandbox: {
    /** Process whose namespaces are entered. */
    readonly initPid: number
    /** What `/etc/machine-id` must hold inside. */
    readonly token: string
    readonly nsenter: string
  } | null
  /** As seen on the machine. */
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly setpriv: string
}

export interface Entry {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
}

/** The descriptor on which one byte says that the machine was entered and the command begins. */
export const startedDescriptor = 3

/** Longest piece of a script in one environment variable; the kernel's limit is 128 KiB. */
const pieceLength = 30_000
/** Writes itself into the `cgroup.procs` files before `--`, then becomes the command after it. */
export const joinThenExec = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 125; shift; done; shift; exec "$@"'

/**
 * The command line and environment that run `command` on a machine.
 *
 * The machine's variables travel under names of ours and get their own only inside: neither the programs
 * that run outside the sandbox, partly as root, nor a process list sees an `LD_PRELOAD` or a secret of it.
 */
export function entryFor(target: EntryTarget, command: Pick<ExecCommand, 'script' | 'cwd' | 'env'>): Entry {
  return entryThrough(chainTo(target), {
    script: command.script,
    cwd: posix.resolve(target.home, command.cwd ?? '.'),
    env: environmentOf(target, command),
    token: target.sandbox?.token ?? null,
  })
}

export interface CarriedCommand {
  readonly script: string
  /** Absolute, as seen inside. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly token: string | null
}

/** Runs the command behind any chain of programs that passes its environment on. */
export function entryThrough(chain: readonly string[], command: CarriedCommand): Entry {
  const variables = Object.entries(command.env)
  const pieces = piecesOf(command.script)
  const carried = [
    ['AM_ENTRY_TOKEN', command.token ?? ''] as const,
    ['AM_ENTRY_CWD', command.cwd] as const,
    ...variables.map(([, value], index) => [`AM_ENTRY_${index}`, value] as const),
    ...pieces.map((piece, index) => [`AM_ENTRY_S${index}`, piece] as const),
  ]
  for (const [, value] of carried) refuseNul(value)
  const names = variables.map(([name]) => name)
  const inside = insideScript(names, pieces.length, command.token !== null)
  const [program = '/bin/sh', ...rest] = [...chain, '/bin/sh', '-c', inside]
  return { argv: [program, ...rest], env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(carried) } }
}

/** What a command finds in its environment, all of it. */
export function environmentOf(
  target: Pick<EntryTarget, 'home' | 'env'>,
  command: Pick<ExecCommand, 'env'>,
): Record<string, string> {
  const { home } = target
  const environment = {
    HOME: home,
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    PATH: `${home}/.agent-machines/bin:${home}/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    ...target.env,
    ...command.env,
  }
  for (const name of Object.keys(environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new AgentMachinesError('SUBSTRATE_INVALID', `${JSON.stringify(name)} is not a variable name.`)
    }
  }
  return environment
}

/** The programs between us and the machine's shell: join the cgroups, drop to the uid, enter, drop the rest. */
function chainTo(target: EntryTarget): string[] {
  const { uid, sandbox, setpriv } = target
  const join = target.joins.length === 0 ? [] : ['/bin/sh', '-c', joinThenExec, 'sh', ...target.joins, '--']
  const drop = uid === null ? [] : [setpriv, `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const bare = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs']
  if (sandbox === null) return [...join, ...(uid === null ? [setpriv, '--no-new-privs'] : [...drop, ...bare])]
  const namespaces = ['-U', '--preserve-credentials', '-m', '-p', '-i', '-u']
  const enter = [sandbox.nsenter, '-t', String(sandbox.initPid), ...namespaces]
  return [...join, ...drop, ...enter, setpriv, ...bare]
}

function insideScript(names: readonly string[], pieceCount: number, checksToken: boolean): string {
  const check =
    'IFS= read -r AM_ENTRY_SEEN </etc/machine-id && [ "$AM_ENTRY_SEEN" = "$AM_ENTRY_TOKEN" ] || exit 125'
  const pieces = Array.from({ length: pieceCount }, (_, index) => `AM_ENTRY_S${index}`)
  const carriers = names.map((_, index) => `AM_ENTRY_${index}`)
  const used = ['AM_ENTRY_TOKEN', 'AM_ENTRY_CWD', 'AM_ENTRY_SEEN', ...carriers, ...pieces]
  return [
    ...(checksToken ? [check] : []),
    `echo >&${startedDescriptor}; exec ${startedDescriptor}>&-`,
    'cd -- "$AM_ENTRY_CWD" || exit 1',
    'umask 022',
    `export ${names.map((name, index) => `${name}="$AM_ENTRY_${index}"`).join(' ')}`,
    `eval "unset OLDPWD ${used.join(' ')}`,
    `${pieces.map((name) => `$${name}`).join('')}"`,
  ].join('\n')
}

function piecesOf(script: string): string[] {
  const pieces: string[] = []
  for (let start = 0; start < script.length; ) {
    let end = Math.min(start + pieceLength, script.length)
    const last = script.charCodeAt(end - 1)
    if (end < script.length && last >= 0xd800 && last <= 0xdbff) end -= 1
    pieces.push(script.slice(start, end))
    start = end
  }
  return pieces
}

function refuseNul(value: string): void {
  if (value.includes('\0')) {
    throw new AgentMachinesError('SUBSTRATE_INVALID', 'A script, folder or variable cannot hold NUL.')
  }
}
