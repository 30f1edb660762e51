import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

export interface CliEnvironment {
  /** Everything that is set, `.env` of the working directory included. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly url: string
  readonly dataDirectory: string
  /** Null when none is set and no control plane of this computer has left one. */
  readonly apiKey: string | null
}

/** The environment of this process, to which it adds what only `.env` in `directory` sets. */
export function readEnvironment(directory = process.cwd()): CliEnvironment {
  const path = join(directory, '.env')
  if (existsSync(path)) process.loadEnvFile(path)
  return environmentOf({ ...process.env }, process.getuid?.() === 0)
}

/** Decides what the variables mean; reads the local API key when it may be sent to `url`. */
export function environmentOf(variables: CliEnvironment['variables'], isRoot: boolean): CliEnvironment {
  const url = variables['AGENT_MACHINES_URL'] || `http://127.0.0.1:${variables['PORT'] || '3210'}`
  const dataDirectory = dataDirectoryOf(variables, isRoot)
  const localKey = isLoopback(url) ? readOptional(join(dataDirectory, 'local-api-key')) : null
  return {
    variables,
    url,
    dataDirectory,
    apiKey: variables['AGENT_MACHINES_API_KEY'] || localKey?.trim() || null,
  }
}

function dataDirectoryOf(variables: CliEnvironment['variables'], isRoot: boolean): string {
  const chosen = variables['AGENT_MACHINES_DATA']
  if (chosen) return resolve(chosen)
  if (isRoot) return '/var/lib/agent-machines'
  const xdg = variables['XDG_DATA_HOME']
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share')
  return join(base, 'agent-machines')
}

/** The local key opens this computer's control plane only; it never goes anywhere else. */
function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not there, or not for this user: as if it were not there.
    return null
  }
}
