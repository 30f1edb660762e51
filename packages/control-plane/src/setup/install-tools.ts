import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import {
  installCommands,
  installLine,
  packageManagers,
  type SystemTool,
  systemTools,
} from './system-tools.ts'

export interface InstallOptions {
  readonly path: string
  readonly asRoot: boolean
  /** `--no-install`: look, but leave the system as it is. */
  readonly forbidden: boolean
  /** Proxy and certificate variables for the package manager. */
  readonly environment: Readonly<Record<string, string>>
  /** For people, on stderr. */
  readonly say: (line: string) => void
}

/**
 * Brings the host's tools in through its package manager when that is allowed and possible without a
 * password; otherwise says the command. Never fails: what stays missing shows in the gate and in `doctor`.
 */
export async function installMissingTools(options: InstallOptions): Promise<void> {
  const missing = await missingTools(options.path)
  if (missing.length === 0) return
  const names = missing.map((tool) => `${tool.command} (${tool.why})`).join(', ')
  const manager = await firstFound(packageManagers, options.path)
  if (!manager) return options.say(`Missing: ${names}. Install it with the package manager of this system.`)
  const line = installLine(manager, missing, options.asRoot)
  if (options.forbidden) return options.say(`Missing: ${names}. To install: ${line}`)
  const sudo = options.asRoot ? [] : await sudoWithoutPassword(options.environment)
  if (sudo === null) return options.say(`Missing: ${names}. Run this, then start again: ${line}`)
  options.say(`Installing ${missing.map((tool) => tool.command).join(', ')} with ${manager}`)
  for (const argv of installCommands(manager, missing)) {
    // A package list that can't be refreshed may still name the package.
    if (!(await works([...sudo, ...argv], options.environment)) && argv[1] !== 'update') {
      return options.say(`That failed. Run it by hand, then start again: ${line}`)
    }
  }
  const still = await missingTools(options.path)
  if (still.length === 0) return
  options.say(`Installed, but not in PATH: ${still.map((tool) => tool.command).join(', ')}.`)
}

/** How to run a command as root without being asked; null where there is no way. */
async function sudoWithoutPassword(environment: InstallOptions['environment']): Promise<string[] | null> {
  const names = Object.keys({ ...environment, ...baseEnvironment }).filter((name) => name !== 'PATH')
  const ways = [
    ['sudo', '-n', `--preserve-env=${names.join(',')}`],
    ['sudo', '-n'],
  ]
  for (const way of ways) if (await works([...way, 'true'], environment)) return way
  return null
}

/** None on other systems than Linux, where machines of this computer cannot run anyway. */
export async function missingTools(path: string): Promise<readonly SystemTool[]> {
  if (process.platform !== 'linux') return []
  const found = await Promise.all(systemTools.map((tool) => firstFound([tool.command], path)))
  return systemTools.filter((_, i) => found[i] === null)
}

/** The line that installs `tools` here; null where no known package manager is. */
export async function suggestInstall(
  tools: readonly SystemTool[],
  path: string,
  asRoot: boolean,
): Promise<string | null> {
  const manager = await firstFound(packageManagers, path)
  return manager ? installLine(manager, tools, asRoot) : null
}

async function firstFound<T extends string>(commands: readonly T[], path: string): Promise<T | null> {
  for (const command of commands) {
    for (const directory of path.split(delimiter)) {
      if (directory && (await isExecutable(join(directory, command)))) return command
    }
  }
  return null
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** In a session of its own: Ctrl-C here must not leave a package half-installed. */
function works(argv: readonly string[], environment: Readonly<Record<string, string>>): Promise<boolean> {
  const [command = '', ...rest] = argv
  return new Promise((resolve) => {
    const child = spawn(command, rest, {
      stdio: ['ignore', 'ignore', 'ignore'],
      detached: true,
      env: { ...environment, ...baseEnvironment },
    })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

const baseEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C.UTF-8',
}
