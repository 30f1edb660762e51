import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { basePathsOf, type Hierarchy, parseHierarchies } from './cgroup-layout.ts'
import { errnoOf, ifPresent } from './local-errors.ts'

export type CgroupRole = 'freeze' | 'cpu' | 'memory' | 'pids'

/** A place where machines get cgroups, and what works there. */
export interface CgroupBase {
  readonly version: 1 | 2
  readonly directory: string
  readonly roles: readonly CgroupRole[]
}

/** The cgroups of this computer that really work: each was tried by joining one, named after process `pid`. */
export async function findCgroupBases(name: string, pid: number, id: string): Promise<CgroupBase[]> {
  const [mountinfo, own] = await Promise.all([
    ifPresent(readFile('/proc/self/mountinfo', 'utf8')),
    ifPresent(readFile('/proc/self/cgroup', 'utf8')),
  ])
  if (mountinfo === undefined || own === undefined) return []
  const found = await Promise.all(
    parseHierarchies(mountinfo, own).map((hierarchy) => findBase(hierarchy, name, `probe-${pid}-${id}`)),
  )
  return withoutDoubles(found.filter((base) => base !== undefined))
}

/** Each role once, v2 first: there a frozen process can be killed. */
export function withoutDoubles(bases: readonly CgroupBase[]): CgroupBase[] {
  const seen = new Set<CgroupRole>()
  return [...bases]
    .sort((left, right) => right.version - left.version)
    .flatMap((base) => {
      const roles = base.roles.filter((role) => !seen.has(role))
      for (const role of roles) seen.add(role)
      return roles.length === 0 ? [] : [{ ...base, roles }]
    })
}

async function findBase(hierarchy: Hierarchy, name: string, probe: string): Promise<CgroupBase | undefined> {
  const wanted = hierarchy.controllers.some((name) => ['freezer', 'cpu', 'memory', 'pids'].includes(name))
  if (hierarchy.version === 1 && !wanted) return undefined
  for (const path of basePathsOf(hierarchy.ownPath)) {
    const directory = join(hierarchy.mount, path, 'agent-machines', name)
    const roles = await tryBase(hierarchy, directory, join(directory, probe))
    if (roles.length > 0) return { version: hierarchy.version, directory, roles }
  }
  return undefined
}

async function tryBase(hierarchy: Hierarchy, directory: string, probe: string): Promise<CgroupRole[]> {
  try {
    await mkdir(directory, { recursive: true })
    await removeAbandonedProbes(directory)
    if (hierarchy.version === 2) await enableControllers(directory)
    await mkdir(probe)
  } catch {
    // Not writable: this place does not count, whatever the reason.
    return []
  }
  try {
    return (await canJoin(probe)) ? await rolesOf(probe) : []
  } finally {
    await ifPresent(rmdir(probe))
    await removeEmptyCgroups(directory)
  }
}

/** What a process that was killed while it tried this place has left. */
async function removeAbandonedProbes(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /^probe-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || (await ifPresent(access(`/proc/${pid}`).then(() => true)))) continue
    await ifPresent(rmdir(join(directory, name)))
  }
}

/** Takes the folders above the last machine's cgroup away; while there are others they stay. */
export async function removeEmptyCgroups(directory: string): Promise<void> {
  for (const folder of [directory, dirname(directory)]) {
    await rmdir(folder).catch((error: unknown) => {
      const errno = errnoOf(error)
      if (errno !== 'EBUSY' && errno !== 'ENOTEMPTY' && errno !== 'ENOENT') throw error
    })
  }
}

/** Lets children of `directory` be limited; a controller that is not there stays off. */
export async function enableControllers(directory: string): Promise<void> {
  const parents = [dirname(dirname(directory)), dirname(directory), directory]
  for (const controller of ['cpu', 'memory', 'pids']) {
    for (const parent of parents) {
      await writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined)
    }
  }
}

async function canJoin(directory: string): Promise<boolean> {
  const child = spawn('/bin/sh', ['-c', 'echo 0 >"$1"', 'sh', join(directory, 'cgroup.procs')], {
    stdio: 'ignore',
    env: {},
    cwd: '/',
  })
  const [code] = await once(child, 'exit')
  return code === 0
}

const roleFiles: Readonly<Record<CgroupRole, readonly string[]>> = {
  freeze: ['cgroup.freeze', 'freezer.state'],
  cpu: ['cpu.max', 'cpu.cfs_quota_us'],
  memory: ['memory.max', 'memory.limit_in_bytes'],
  pids: ['pids.max'],
}

async function rolesOf(directory: string): Promise<CgroupRole[]> {
  const roles = Object.keys(roleFiles) as CgroupRole[]
  const there = await Promise.all(
    roles.map(async (role) => {
      const files = await Promise.all(roleFiles[role].map((file) => isThere(join(directory, file))))
      return files.some(Boolean)
    }),
  )
  return roles.filter((_, index) => there[index])
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
