import type { HostUser } from './data-directory/data-directory-paths.ts'

/** What `am up` was told, by flags and environment; nothing below reads either by itself. */
export interface ControlPlaneOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly dataDirectory: string
  /** Bring missing host tools in through the package manager. */
  readonly install: boolean
  readonly allowUnisolated: boolean
  readonly allowMount: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly user: HostUser
  readonly version: string
  /** Folder of the built dashboard. */
  readonly dashboardDirectory: string
  /** Modules from which the packages of the embedded database are looked for. */
  readonly packageFrom: readonly string[]
  /** For people, on stderr. */
  readonly say: (line: string) => void
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

export const isLoopback = (host: string): boolean => loopback.has(host) || /^127(\.\d{1,3}){3}$/.test(host)

const passedToInstallers =
  /^(https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_(file|dir)|npm_config_.+|pip_(cert|default_timeout|(extra_)?index_url|proxy|retries|trusted_host))$/i

/** Proxy, certificate and registry variables: what other people's installers may see of our environment. */
export function installerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const passed = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && passedToInstallers.test(name),
  )
  return Object.fromEntries(passed) as Record<string, string>
}

/** When a stream ends by itself, a little before its host would end it; null without such a limit. */
export function streamLimitMs(environment: Readonly<Record<string, string | undefined>>): number | null {
  const seconds = Number(environment['AGENT_MACHINES_STREAM_LIMIT_S'])
  return seconds > 0 ? seconds * 1000 - Math.min(1000, seconds * 100) : null
}
