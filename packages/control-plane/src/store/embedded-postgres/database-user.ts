import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AgentMachinesError } from '@agent-machines/core'

const run = promisify(execFile)
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** System user that runs the database when the control plane is root: Postgres refuses to be root. */
export const databaseUserName = 'agent-machines-db'

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** Makes the user when it is missing; it has no home, no shell and no password. */
export async function ensureDatabaseUser(name: string = databaseUserName): Promise<SystemUser> {
  const found = await lookUp(name)
  if (found !== undefined) return found
  const failures: unknown[] = []
  for (const [command, ...args] of waysToMake(name)) {
    await run(command, args, { env: environment }).catch((error: unknown) => failures.push(error))
    const made = await lookUp(name)
    if (made !== undefined) return made
  }
  throw new AgentMachinesError(
    'DATABASE_UNAVAILABLE',
    `The system user ${name} could not be made; make it with \`useradd --system ${name}\`, or set DATABASE_URL.`,
    { cause: failures.at(-1) },
  )
}

/** shadow-utils first, then busybox, whose adduser wants the group to be there. */
function waysToMake(name: string): [string, ...string[]][] {
  const shadow = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent']
  return [
    ['useradd', ...shadow, '--shell', '/usr/sbin/nologin', name],
    ['addgroup', '-S', name],
    ['adduser', '-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', '-G', name, name],
  ]
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)])
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

async function idOf(flag: '-u' | '-g', name: string): Promise<number | undefined> {
  try {
    const { stdout } = await run('id', [flag, name], { env: environment })
    return Number(stdout.trim())
  } catch (error) {
    // id exits 1 for a name that is not there.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined
    throw error
  }
}
