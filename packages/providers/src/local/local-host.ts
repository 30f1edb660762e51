import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentMachinesError } from '@agent-machines/core'
import { type CgroupBase, findCgroupBases } from './cgroup-host.ts'
import { PipePool } from './command-pipes.ts'
import { type DataLayout, dataLayoutOf } from './data-layout.ts'
import { withFileLock } from './file-lock.ts'
import { findTools, type HostTools, readHostFacts, type ToolName } from './host-tools.ts'
import { ifPresent } from './local-errors.ts'
import type { LocalProviderOptions } from './local-options.ts'
import type { HostFacts } from './sandbox-arguments.ts'
import { uidsOfPasswd } from './uid-allocation.ts'
import { WaitingShells } from './waiting-shells.ts'

/** This computer as the local substrate sees it; holds only what does not change while it runs. */
export class LocalHost {
  readonly options: LocalProviderOptions
  readonly layout: DataLayout
  /** Only root can give each machine a uid of its own. */
  readonly asRoot: boolean
  readonly pipes = new PipePool()
  readonly waitingShells = new WaitingShells(this.pipes)
  readonly #lookForTools: () => Promise<HostTools>
  #tools: HostTools | undefined
  #facts: Promise<HostFacts> | undefined
  #bases: Promise<CgroupBase[]> | undefined

  constructor(options: LocalProviderOptions, lookForTools: () => Promise<HostTools> = findTools) {
    this.options = options
    this.#lookForTools = lookForTools
    this.layout = dataLayoutOf(options.dataDirectory)
    this.asRoot = process.getuid?.() === 0
  }

  /** Looks again until everything is there, so that a tool installed meanwhile is found. */
  async tools(): Promise<HostTools> {
    if (this.#tools !== undefined) return this.#tools
    const tools = await this.#lookForTools()
    if (Object.values(tools).every((path) => path !== null)) this.#tools = tools
    return tools
  }

  async tool(name: ToolName): Promise<string> {
    const path = (await this.tools())[name]
    if (path !== null) return path
    throw new AgentMachinesError('ISOLATION_UNAVAILABLE', `${name} is not installed on this computer.`)
  }

  facts(): Promise<HostFacts> {
    this.#facts ??= readHostFacts()
    return this.#facts
  }

  cgroupBases(): Promise<CgroupBase[]> {
    this.#bases ??= findCgroupBases(this.layout.hash, process.pid, this.options.random())
    return this.#bases
  }

  /** Uids of this computer's accounts, which machines must not have. */
  async accountUids(): Promise<ReadonlySet<number>> {
    return uidsOfPasswd((await ifPresent(readFile('/etc/passwd', 'utf8'))) ?? '')
  }

  /** Makes the folders machines need; as root with the modes that let them reach only their own. */
  async prepareFolders(): Promise<void> {
    const { root, machines, runtimes, locks } = this.layout
    const passable = this.asRoot ? 0o711 : 0o700
    await mkdir(root, { recursive: true, mode: passable })
    await makeFolder(machines, passable)
    await makeFolder(runtimes, 0o755)
    await makeFolder(locks, 0o700)
    if (this.asRoot) await chmod(root, 0o711)
  }

  /** One process at a time changes a machine. */
  async withMachineLock<T>(machineId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await makeFolder(this.layout.locks, 0o700)
    const flock = await this.tool('flock')
    return withFileLock(flock, join(this.layout.locks, machineLockName(machineId)), signal, work)
  }
}

/** One of 64 locks: they need no cleaning up, and two machines that share one only wait a moment. */
function machineLockName(machineId: string): string {
  return `machine-${createHash('sha256').update(machineId).digest().readUInt8(0) % 64}`
}

async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode })
  await chmod(path, mode)
}
