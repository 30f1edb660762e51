import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { upstreams } from '@agent-machines/core'
import { createProviders } from '@agent-machines/providers'
import { livingHolderOf } from '../data-directory/control-plane-lock.ts'
import { dataDirectoryPathsOf } from '../data-directory/data-directory-paths.ts'
import { installerEnvironment } from '../options.ts'
import { missingTools, suggestInstall } from '../setup/install-tools.ts'
import { findPostgresPackage } from '../store/embedded-postgres/postgres-package.ts'
import { controlPlaneCredentials } from './control-plane-credentials.ts'
import type { DatabaseFacts, DoctorFacts } from './doctor-facts.ts'
import { portHolderOf } from './port-holder.ts'

export interface DoctorOptions {
  readonly dataDirectory: string
  /** Where the control plane is, or would be. */
  readonly url: string
  /** Opens the control plane at `url`; null when there is none. */
  readonly apiKey: string | null
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Modules from which the packages of the embedded database are looked for. */
  readonly packageFrom: readonly string[]
}

const run = promisify(execFile)
const answerMs = 3000

/** Looks at this computer; changes nothing that stays. */
export async function gatherFacts(options: DoctorOptions): Promise<DoctorFacts> {
  const [tmuxVersion, installLine, substrates, dataDirectory, port, database, kept] = await Promise.all([
    readTmuxVersion(options.variables['PATH'] ?? ''),
    readInstallLine(options.variables['PATH'] ?? ''),
    probeSubstrates(options),
    readDataDirectory(options.dataDirectory),
    readPort(options.url),
    readDatabase(options),
    controlPlaneCredentials(options.url, options.apiKey, answerMs),
  ])
  const nodeVersion = process.versions.node
  const credentials = readCredentials(options)
  const host = { nodeVersion, tmuxVersion, installLine, dataDirectory, port }
  return { ...host, substrates, database, credentials, kept }
}

function providersOf({ dataDirectory, variables }: DoctorOptions) {
  return createProviders({
    local: {
      dataDirectory,
      allowUnisolated: false,
      allowMount: false,
      installerEnvironment: installerEnvironment(variables),
      log: () => {},
      now: Date.now,
      random: () => randomBytes(8).toString('hex'),
    },
  })
}

/** In the data directory where there is one to write to, else in a folder that goes again. */
async function probeSubstrates(options: DoctorOptions): Promise<DoctorFacts['substrates']> {
  if (await isWritable(options.dataDirectory)) return probeIn(options)
  const folder = await mkdtemp(join(tmpdir(), 'am-doctor-'))
  try {
    // Trial sandboxes run as a user of their own, who must be able to pass.
    await chmod(folder, 0o711)
    return await probeIn({ ...options, dataDirectory: folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function probeIn(options: DoctorOptions): Promise<DoctorFacts['substrates']> {
  const providers = [...providersOf(options).values()]
  return Promise.all(
    providers.map(async (provider) => ({ label: provider.manifest.label, probe: await provider.probe() })),
  )
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}

async function readTmuxVersion(path: string): Promise<string | null> {
  try {
    return (await run('tmux', ['-V'], { env: { PATH: path }, timeout: answerMs })).stdout.trim()
  } catch {
    // Not there, or it does not even say its version: as good as missing.
    return null
  }
}

async function readInstallLine(path: string): Promise<string | null> {
  const missing = await missingTools(path)
  return missing.length === 0 ? null : suggestInstall(missing, path, process.getuid?.() === 0)
}

async function readDataDirectory(path: string): Promise<DoctorFacts['dataDirectory']> {
  const existing = await firstExisting(path)
  const { bavail, bsize } = await statfs(existing)
  const problem = (await isWritable(existing)) ? null : `${existing} cannot be written by this user.`
  return { path, problem, freeBytes: bavail * bsize }
}

async function firstExisting(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  return exists || path === dirname(path) ? path : firstExisting(dirname(path))
}

async function readPort(url: string): Promise<DoctorFacts['port']> {
  const { port, hostname, protocol } = new URL(url)
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  if (await isOurs(url)) return { number, state: 'ours', holder: null }
  if (await canListen(number, hostname.replace(/^\[|\]$/g, '')))
    return { number, state: 'free', holder: null }
  return { number, state: 'taken', holder: await portHolderOf(number) }
}

/** A control plane asks strangers for their sign-in, in a form of its own. */
async function isOurs(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/api/v1/me', url), { signal: AbortSignal.timeout(answerMs) })
    return (await response.text()).includes('SIGN_IN_REQUIRED')
  } catch {
    // Nobody there, or nobody who speaks HTTP.
    return false
  }
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

async function readDatabase(options: DoctorOptions): Promise<DatabaseFacts> {
  const connectionString = options.variables['DATABASE_URL']
  const kind = connectionString ? 'server' : 'embedded'
  const holder = connectionString ? null : await readHolder(options.dataDirectory)
  try {
    const version = connectionString
      ? await versionOfServer(connectionString)
      : (await findPostgresPackage(options.packageFrom)).version
    return { kind, problem: null, version, holder }
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'It does not open.'
    return { kind, problem, version: null, holder }
  }
}

async function readHolder(dataDirectory: string): Promise<DatabaseFacts['holder']> {
  return livingHolderOf(dataDirectoryPathsOf(dataDirectory).lock).then(
    (holder) => holder ?? null,
    // Not for this user to read: then the data directory's own finding says so.
    () => null,
  )
}

async function versionOfServer(connectionString: string): Promise<string | null> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: answerMs })
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? null
  } finally {
    await client.end()
  }
}

function readCredentials(options: DoctorOptions): DoctorFacts['credentials'] {
  const ofSubstrates = [...providersOf(options).values()].flatMap(({ manifest }) => manifest.credentials)
  const names = [...upstreams.map(({ credential }) => credential), ...ofSubstrates.map(({ name }) => name)]
  return names.flatMap((name) => {
    const value = options.variables[name]
    return value ? [{ name, value }] : []
  })
}
