import { userInfo } from 'node:os'
import { pino } from 'pino'
import type { CreateProviders } from './build-services.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { dataDirectoryOf, type HostUser } from './data-directory/data-directory-paths.ts'
import { readSettings } from './settings.ts'

/** The flags of `am up`; what is undefined comes from the environment, then from the defaults. */
export interface UpFlags {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly data?: string | undefined
  readonly install: boolean
  readonly allowUnisolated: boolean
  readonly allowMount: boolean
}

export interface UpContext {
  readonly version: string
  readonly dashboardDirectory: string
  readonly packageFrom: readonly string[]
  /** The process's variables and those of `.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** For people, on stderr. */
  readonly say: (line: string) => void
}

/** Starts the control plane for the user of this process, as flags and environment say. */
export async function startFromProcess(
  flags: UpFlags,
  context: UpContext,
  createProviders?: CreateProviders,
): Promise<ControlPlane> {
  const { environment } = context
  const user = hostUser()
  const { host, port, logLevel } = readSettings(environment)
  const log = pino({ level: logLevel }, pino.destination({ fd: 2, sync: true }))
  return startControlPlane(
    {
      ...context,
      host: flags.host ?? host,
      port: flags.port ?? port,
      dataDirectory: flags.data ?? dataDirectoryOf(environment, user),
      install: flags.install,
      allowUnisolated: flags.allowUnisolated,
      allowMount: flags.allowMount,
      user,
    },
    log,
    createProviders,
  )
}

function hostUser(): HostUser {
  const { uid, gid, homedir } = userInfo()
  return { uid, gid, home: homedir }
}
