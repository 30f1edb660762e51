import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AgentMachinesError, type MachineSpec } from '@agent-machines/core'
import { type CgroupBase, enableControllers, removeEmptyCgroups } from './cgroup-host.ts'
import { limitWrites } from './cgroup-layout.ts'
import { errnoOf, ifPresent } from './local-errors.ts'
import type { MachineCgroup } from './machine-record.ts'
import { liveStatOf } from './process-identity.ts'
import { readSmallFile } from './small-files.ts'

/** More processes than an agent needs, fewer than would stop this computer. */
export const defaultPids = 4_096

/** The cgroups a machine gets: its freezer and its process count always, the others only when limited. */
export function cgroupsFor(
  bases: readonly CgroupBase[],
  machineId: string,
  spec: MachineSpec,
): MachineCgroup[] {
  const wanted = new Set(['freeze', 'pids'])
  if (spec.cpus !== undefined) wanted.add('cpu')
  if (spec.memoryMiB !== undefined) wanted.add('memory')
  return bases.flatMap(({ version, directory, roles }) => {
    const used = roles.filter((role) => wanted.has(role))
    return used.length === 0 ? [] : [{ version, directory: join(directory, machineId), roles: used }]
  })
}

/** Makes the directories and sets the limits; repeating it is harmless. */
export async function makeCgroups(cgroups: readonly MachineCgroup[], spec: MachineSpec): Promise<void> {
  const limits = { ...spec, pids: spec.pids ?? defaultPids }
  for (const { version, directory, roles } of cgroups) {
    await makeDirectory(directory, version)
    for (const role of roles) {
      if (role === 'freeze') continue
      for (const { file, value } of limitWrites(version, role, limits)) {
        await writeFile(join(directory, file), value)
      }
    }
  }
}

/** The folders above go away with the last machine in them, which may be at this very moment. */
async function makeDirectory(directory: string, version: 1 | 2): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(dirname(directory), { recursive: true })
      if (version === 2) await enableControllers(dirname(directory))
      await mkdir(directory, { recursive: true })
      return
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === 20) throw error
    }
  }
}

export function joinFilesOf(cgroups: readonly MachineCgroup[]): string[] {
  return cgroups.map(({ directory }) => join(directory, 'cgroup.procs'))
}

/** Whether the machine's processes are held, or are about to be. */
export function areFrozen(cgroups: readonly MachineCgroup[]): boolean {
  const freezer = freezerOf(cgroups)
  if (freezer === undefined) return false
  const text = readSmallFile(join(freezer.directory, switchFile(freezer)))
  return text !== undefined && (freezer.version === 2 ? text.trim() === '1' : text.trim() !== 'THAWED')
}

/** Resolves once every process of the machine stands still; gives up, thawed, after five seconds. */
export async function freeze(cgroups: readonly MachineCgroup[]): Promise<void> {
  const freezer = freezerOf(cgroups)
  if (freezer === undefined) {
    throw new AgentMachinesError('CAPABILITY_UNSUPPORTED', 'No writable cgroup: this machine cannot sleep.')
  }
  await writeFile(join(freezer.directory, switchFile(freezer)), freezer.version === 2 ? '1' : 'FROZEN')
  for (
    let stepMs = 1, waitedMs = 0;
    waitedMs < 5_000;
    waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 50)
  ) {
    if (await standsStill(freezer)) return
    await delay(stepMs)
  }
  await thaw(cgroups)
  throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The processes of the machine could not be held.')
}

export async function thaw(cgroups: readonly MachineCgroup[]): Promise<void> {
  const freezer = freezerOf(cgroups)
  if (freezer === undefined) return
  const value = freezer.version === 2 ? '0' : 'THAWED'
  await ifPresent(writeFile(join(freezer.directory, switchFile(freezer)), value, { flag: 'r+' }))
}

/** Ends every process in the cgroups and removes them; also of a frozen machine, also twice. */
export async function endCgroups(cgroups: readonly MachineCgroup[]): Promise<void> {
  for (let stepMs = 1, waitedMs = 0; ; waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 50)) {
    const left = await Promise.all(cgroups.map(killMembers))
    await thaw(cgroups)
    if (left.every((count) => count === 0) && (await removed(cgroups))) return
    if (waitedMs > 10_000) {
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'Processes of the machine do not end.')
    }
    await delay(stepMs)
  }
}

async function killMembers({ version, directory }: MachineCgroup): Promise<number> {
  const text = await ifPresent(readFile(join(directory, 'cgroup.procs'), 'utf8'))
  const pids = (text ?? '').split('\n').filter((line) => line !== '' && line !== '0')
  if (pids.length === 0) return 0
  if (version === 2 && (await writesKill(directory))) return pids.length
  for (const pid of pids) signal(Number(pid))
  return pids.filter((pid) => liveStatOf(Number(pid)) !== undefined).length
}

/** False on kernels before 5.14, which have no `cgroup.kill`. */
async function writesKill(directory: string): Promise<boolean> {
  try {
    await writeFile(join(directory, 'cgroup.kill'), '1', { flag: 'r+' })
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES') return false
    throw error
  }
}

async function removed(cgroups: readonly MachineCgroup[]): Promise<boolean> {
  try {
    for (const { directory } of cgroups) await ifPresent(rmdir(directory))
    for (const { directory } of cgroups) await removeEmptyCgroups(dirname(directory))
    return true
  } catch (error) {
    if (errnoOf(error) === 'EBUSY') return false
    throw error
  }
}

async function standsStill({ version, directory }: MachineCgroup): Promise<boolean> {
  if (version === 1) return (await readFile(join(directory, 'freezer.state'), 'utf8')).trim() === 'FROZEN'
  return /^frozen 1$/m.test(await readFile(join(directory, 'cgroup.events'), 'utf8'))
}

function freezerOf(cgroups: readonly MachineCgroup[]): MachineCgroup | undefined {
  return cgroups.find(({ roles }) => roles.includes('freeze'))
}

function switchFile({ version }: MachineCgroup): string {
  return version === 2 ? 'cgroup.freeze' : 'freezer.state'
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}
