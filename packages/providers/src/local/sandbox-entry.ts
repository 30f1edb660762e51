import { posix } from 'node:path'
import { AgentMachinesError, type ExecCommand, quote } from '@agent-machines/core'

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

/** A command line that ends in a shell which waits to be told its command. */
export interface Entry {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
}

/** The descriptor on which one byte says that the machine was entered and the command begins. */
export const startedDescriptor = 3
/** The descriptor on which the waiting shell is told its command, to the end. */
export const commandDescriptor = 4
/** Where the standard input of the command waits meanwhile. */
const inputDescriptor = 5

/** Writes itself into the `cgroup.procs` files before `--`, then becomes the command after it. */
export const joinThenExec = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 125; shift; done; shift; exec "$@"'

/** The way onto a machine. It says nothing of the command: neither a process list nor the programs outside see it. */
export function entryFor(target: EntryTarget): Entry {
  return entryThrough(chainTo(target), target.sandbox?.token ?? null)
}

/**
 * The way through any chain of programs that passes its environment and descriptors on.
 *
 * The shell reads its command as a script, for which it needs no other program.
 */
export function entryThrough(chain: readonly string[], token: string | null): Entry {
  const waiting = [
    ...(token === null ? [] : [checkToken, 'unset AM_ENTRY_TOKEN AM_ENTRY_SEEN']),
    `exec ${inputDescriptor}<&0 <&${commandDescriptor} ${commandDescriptor}<&-`,
    'exec /bin/sh -s',
  ]
  const [program = '/bin/sh', ...rest] = [...chain, '/bin/sh', '-c', waiting.join('\n')]
  return {
    argv: [program, ...rest],
    env: { PATH: '/usr/bin:/bin', ...(token === null ? {} : { AM_ENTRY_TOKEN: token }) },
  }
}

const checkToken =
  'IFS= read -r AM_ENTRY_SEEN </etc/machine-id && [ "$AM_ENTRY_SEEN" = "$AM_ENTRY_TOKEN" ] || exit 125'

/** A command for a machine, as its waiting shell is told it. */
export function wordsFor(
  target: Pick<EntryTarget, 'home' | 'env'>,
  {
    script,
    cwd,
    env,
    stdin,
  }: Pick<ExecCommand, 'script' | 'cwd' | 'env'> & { readonly stdin: 'none' | 'open' },
): string {
  return wordsOf({
    script: stdin === 'none' ? `exec </dev/null\n${script}` : script,
    cwd: posix.resolve(target.home, cwd ?? '.'),
    env: environmentOf(target, env === undefined ? {} : { env }),
  })
}

export interface ToldCommand {
  readonly script: string
  /** Absolute, as seen inside. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** The command in the words of a waiting shell, which runs nothing of them unless it was told all. */
export function wordsOf({ script, cwd, env }: ToldCommand): string {
  for (const value of [script, cwd, ...Object.values(env)]) refuseNul(value)
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const lines = [
    `exec <&${inputDescriptor} ${inputDescriptor}<&-`,
    `echo >&${startedDescriptor}; exec ${startedDescriptor}>&-`,
    `cd -- ${quote(cwd)} || exit 1`,
    'umask 022',
    `export ${variables.join(' ')}`,
    'unset OLDPWD',
    script,
  ]
  return `{ eval ${quote(lines.join('\n'))}; exit; }\n`
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

function refuseNul(value: string): void {
  if (value.includes('\0')) {
    throw new AgentMachinesError('SUBSTRATE_INVALID', 'A script, folder or variable cannot hold NUL.')
  }
}
