import { chmod, chown, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AgentMachinesError,
  type ProviderState,
  type ProvisionedMachine,
  type ProvisionRequest,
} from '@agent-machines/core'
import { isMachineId, machineTokenOf } from './data-layout.ts'
import { makeRemovable } from './file-tree.ts'
import type { IsolationCheck } from './isolation-check.ts'
import { errnoOf, isDiskFull, machineGone, toLocalError } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'
import {
  areFrozen,
  cgroupsFor,
  endCgroups,
  freeze,
  joinFilesOf,
  makeCgroups,
  thaw,
} from './machine-cgroups.ts'
import { type MachineRecord, readRecord, type SandboxIdentity, writeRecord } from './machine-record.ts'
import { processGroupEnds, signalGroup } from './process-group.ts'
import { identifySandbox, isSandboxAlive, liveStatOf, readBootId } from './process-identity.ts'
import { machineHome, machineRuntimes } from './sandbox-arguments.ts'
import { hostnameOf } from './sandbox-files.ts'
import { launchSandbox } from './sandbox-launch.ts'
import { isThere } from './small-files.ts'
import { endStrays } from './stray-processes.ts'
import { claimedUid, claimUid, releaseUids } from './uid-allocation.ts'
import { checkWorkspace } from './workspace-folder.ts'

/** A machine's record together with what was seen of it. */
export interface SeenMachine {
  readonly record: MachineRecord
  readonly state: 'starting' | 'running' | 'asleep' | 'lost'
}

/** Makes, holds, rebuilds and removes machines; what it knows is on disk and in the kernel only. */
export class MachineLifecycle {
  readonly #host: LocalHost
  readonly #isolation: IsolationCheck

  constructor(host: LocalHost, isolation: IsolationCheck) {
    this.#host = host
    this.#isolation = isolation
  }

  async provision(request: ProvisionRequest): Promise<ProvisionedMachine> {
    const { machineId, signal } = request
    if (!isMachineId(machineId)) {
      throw new AgentMachinesError('SUBSTRATE_INVALID', 'A machine id is letters, digits, - and _.')
    }
    const isolation = await this.#isolation.required()
    await this.#host.prepareFolders()
    const record = await this.#host.withMachineLock(
      machineId,
      async () => {
        const seen = await this.see(machineId)
        if (seen?.state === 'running' || seen?.state === 'asleep') return seen.record
        signal?.throwIfAborted()
        return seen === undefined ? this.#make(request, isolation) : this.#build(seen.record)
      },
      signal,
    )
    return this.#provisioned(record)
  }

  /** Undefined when nothing of the machine is left, or its home was deleted. */
  async see(machineId: string): Promise<SeenMachine | undefined> {
    if (!isMachineId(machineId)) return undefined
    const paths = this.#host.layout.machine(machineId)
    const record = readRecord(paths.record)
    if (record === undefined || record.destroying) return undefined
    if (record.sandbox === null) return { record, state: 'starting' }
    if (!isThere(paths.home)) return undefined
    if (!isAlive(record.isolation, record.sandbox)) return { record, state: 'lost' }
    return { record, state: areFrozen(record.cgroups) ? 'asleep' : 'running' }
  }

  async state(machineId: string): Promise<ProviderState> {
    const seen = await this.see(machineId)
    if (seen === undefined) return { state: 'gone' }
    return seen.state === 'lost' ? { state: 'lost', reason: 'processes-lost' } : { state: seen.state }
  }

  async wake(machineId: string): Promise<{ processesSurvived: boolean }> {
    return this.#host.withMachineLock(machineId, async () => {
      const seen = await this.see(machineId)
      if (seen === undefined) throw machineGone(machineId)
      if (seen.state === 'running') return { processesSurvived: true }
      if (seen.state === 'asleep') {
        await thaw(seen.record.cgroups)
        return { processesSurvived: true }
      }
      await this.#build(seen.record)
      return { processesSurvived: false }
    })
  }

  async sleep(machineId: string): Promise<void> {
    await this.#host.withMachineLock(machineId, async () => {
      const seen = await this.see(machineId)
      if (seen === undefined) throw machineGone(machineId)
      if (seen.state === 'running') await freeze(seen.record.cgroups)
    })
  }

  async destroy(machineId: string): Promise<void> {
    if (!isMachineId(machineId)) return
    await this.#host.withMachineLock(machineId, () => this.#remove(machineId))
  }

  async #remove(machineId: string): Promise<void> {
    const paths = this.#host.layout.machine(machineId)
    const record = readRecord(paths.record)
    if (record === undefined) await this.#endProcesses(await this.#recordOfRemains(machineId))
    else {
      if (!record.destroying) await markDestroying(paths.record, record)
      await this.#endProcesses(record)
      await makeRemovable(paths.home)
      await rm(paths.home, { recursive: true, force: true })
    }
    await rm(paths.directory, { recursive: true, force: true })
    await releaseUids(this.#host.layout.uids, machineId)
    if (record !== undefined) this.#host.options.log('machine removed', { machineId })
  }

  /** Finds what still runs of a machine whose directory was deleted behind our back, or was never made. */
  async #recordOfRemains(machineId: string): Promise<MachineRecord> {
    const { layout, asRoot } = this.#host
    const everyRole = { cpus: 1, memoryMiB: 1 }
    return {
      machineId,
      isolation: 'namespaces',
      uid: asRoot ? await claimedUid(layout.uids, machineId) : null,
      spec: {},
      env: {},
      cgroups: cgroupsFor(await this.#host.cgroupBases(), machineId, everyRole),
      sandbox: null,
      destroying: true,
    }
  }

  /** A machine that could not be made leaves nothing. */
  async #make(request: ProvisionRequest, isolation: 'namespaces' | 'none'): Promise<MachineRecord> {
    try {
      return await this.#build(await this.#newRecord(request, isolation))
    } catch (error) {
      await this.#remove(request.machineId)
      throw error
    }
  }

  async #newRecord(request: ProvisionRequest, isolation: 'namespaces' | 'none'): Promise<MachineRecord> {
    const { machineId, spec, env, hostPath } = request
    const { layout, asRoot } = this.#host
    const uid = asRoot ? await claimUid(layout.uids, machineId, await this.#host.accountUids()) : null
    if (hostPath !== undefined) await checkWorkspace(this.#host, hostPath, uid)
    const record: MachineRecord = {
      machineId,
      isolation,
      uid,
      spec: {
        ...(spec.cpus === undefined ? {} : { cpus: spec.cpus }),
        ...(spec.memoryMiB === undefined ? {} : { memoryMiB: spec.memoryMiB }),
        ...(spec.pids === undefined ? {} : { pids: spec.pids }),
      },
      env: { ...env },
      ...(hostPath === undefined ? {} : { hostPath }),
      cgroups: cgroupsFor(await this.#host.cgroupBases(), machineId, spec),
      sandbox: null,
      destroying: false,
    }
    const paths = layout.machine(machineId)
    await mkdir(paths.directory, { recursive: true, mode: asRoot ? 0o711 : 0o700 })
    await chmod(paths.directory, asRoot ? 0o711 : 0o700)
    await writeRecord(paths.record, record)
    return record
  }

  /** From whatever is there to a machine that runs; also after being cut off at any point. */
  async #build(record: MachineRecord): Promise<MachineRecord> {
    const paths = this.#host.layout.machine(record.machineId)
    try {
      await this.#endProcesses(record)
      await mkdir(paths.home, { recursive: true, mode: 0o700 })
      await chmod(paths.home, 0o700)
      if (record.uid !== null) await chown(paths.home, record.uid, record.uid)
      if (record.isolation === 'none' && record.hostPath !== undefined)
        await linkOnce(record.hostPath, join(paths.home, 'work'))
      await makeCgroups(record.cgroups, record.spec)
      const initPid = record.isolation === 'namespaces' ? await this.#launch(record) : process.pid
      const sandbox = identifySandbox(initPid)
      if (sandbox === undefined) {
        throw new AgentMachinesError('SUBSTRATE_FATAL', 'The sandbox ended right after its start.')
      }
      const built = { ...record, sandbox }
      await writeRecord(paths.record, built)
      this.#host.options.log('machine runs', { machineId: record.machineId, isolation: record.isolation })
      return built
    } catch (error) {
      throw toLocalError(error, 'build the machine')
    }
  }

  async #launch(record: MachineRecord): Promise<number> {
    const host = this.#host
    const { layout } = host
    const work = `${machineHome}/work`
    const paths = layout.machine(record.machineId)
    return launchSandbox({
      tools: { bwrap: await host.tool('bwrap'), setpriv: await host.tool('setpriv') },
      host: await host.facts(),
      hostname: hostnameOf(record.machineId),
      token: machineTokenOf(layout, record.machineId),
      home: paths.home,
      mounts: [
        { source: layout.runtimes, target: machineRuntimes, writable: false },
        ...(record.hostPath === undefined ? [] : [{ source: record.hostPath, target: work, writable: true }]),
      ],
      uid: record.uid,
      joins: joinFilesOf(record.cgroups),
      logPath: paths.sandboxLog,
    })
  }

  async #endProcesses(record: MachineRecord): Promise<void> {
    const group = await sandboxGroup(record)
    if (group !== null) signalGroup(group)
    await endCgroups(record.cgroups)
    if (group !== null && !(await processGroupEnds(group))) {
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'Processes of the machine do not end.')
    }
    await endStrays(record, this.#host.layout.machine(record.machineId).home)
  }

  async #provisioned(record: MachineRecord): Promise<ProvisionedMachine> {
    return {
      ref: record.machineId,
      home:
        record.isolation === 'namespaces' ? machineHome : this.#host.layout.machine(record.machineId).home,
      isolation: record.isolation,
      network: 'shared-host',
      capabilities: await this.#isolation.capabilities(),
    }
  }
}

/** The process group of the sandbox's first process and of bubblewrap, which waits for it outside; null when it is gone. */
async function sandboxGroup({ isolation, sandbox }: MachineRecord): Promise<number | null> {
  if (isolation !== 'namespaces' || sandbox === null || !isSandboxAlive(sandbox)) return null
  return liveStatOf(sandbox.initPid)?.groupId ?? null
}

/** What is there already is the machine's own. */
async function linkOnce(target: string, path: string): Promise<void> {
  await symlink(target, path).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error
  })
}

/** Without a sandbox, a machine lives until the computer is started anew. */
function isAlive(isolation: MachineRecord['isolation'], sandbox: SandboxIdentity): boolean {
  return isolation === 'namespaces' ? isSandboxAlive(sandbox) : sandbox.bootId === readBootId()
}

/** On a full disk the mark is left out: what follows makes room. */
async function markDestroying(path: string, record: MachineRecord): Promise<void> {
  try {
    await writeRecord(path, { ...record, destroying: true })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}
