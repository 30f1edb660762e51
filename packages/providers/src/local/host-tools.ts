import { access, constants, readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, ifPresent } from './local-errors.ts'
import type { HostFacts } from './sandbox-arguments.ts'

const toolNames = ['bwrap', 'nsenter', 'setpriv', 'flock', 'tmux'] as const
export type ToolName = (typeof toolNames)[number]
/** Absolute paths; null where the tool is not installed. */
export type HostTools = Readonly<Record<ToolName, string | null>>

/** Looks in the system's own folders only: what stands in a person's PATH must not run as root. */
export async function findTools(): Promise<HostTools> {
  const paths = await Promise.all(toolNames.map(findTool))
  return Object.fromEntries(toolNames.map((name, index) => [name, paths[index] ?? null])) as HostTools
}

async function findTool(name: string): Promise<string | undefined> {
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']) {
    const path = join(folder, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

export async function readHostFacts(): Promise<HostFacts> {
  const names = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']
  const targets = await Promise.all(names.map((name) => linkTarget(`/${name}`)))
  const resolvConf = await ifPresent(realpath('/etc/resolv.conf'))
  return {
    rootLinks: names.flatMap((name, index) => {
      const target = targets[index]
      return typeof target === 'string' ? [{ name, target }] : []
    }),
    rootFolders: names.filter((_, index) => targets[index] === null),
    resolvConf: resolvConf ?? null,
  }
}

/** Null for something that is no link, undefined for nothing. */
async function linkTarget(path: string): Promise<string | null | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return null
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** The distribution's id and what it is like, from os-release: `ubuntu debian`. */
export async function readDistribution(): Promise<string> {
  const text = (await ifPresent(readFile('/etc/os-release', 'utf8'))) ?? ''
  return [...text.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].map((match) => match[1]).join(' ')
}
