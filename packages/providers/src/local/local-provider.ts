import {
  AgentMachinesError,
  type Attachment,
  type ExecCommand,
  type ExecEvent,
  type ExecResult,
  type MachineProvider,
  type MachineRef,
  type ProviderState,
  type ProvisionedMachine,
  type ProvisionRequest,
  type SharedRuntimes,
  type SubstrateProbe,
} from '@agent-machines/core'
import { IsolationCheck } from './isolation-check.ts'
import { machineGone, toLocalError } from './local-errors.ts'
import { LocalHost } from './local-host.ts'
import { localManifest } from './local-manifest.ts'
import type { LocalProviderOptions } from './local-options.ts'
import { MachineCommands, writeFileScript } from './machine-commands.ts'
import { MachineLifecycle } from './machine-lifecycle.ts'
import { RuntimeCache } from './runtime-cache.ts'
import { machineHome } from './sandbox-arguments.ts'
import { throwawayUid } from './uid-allocation.ts'
import { checkWorkspace } from './workspace-folder.ts'

/** Machines on the computer of the control plane, each in a sandbox of its own. */
export function createLocalProvider(options: LocalProviderOptions): MachineProvider {
  return localProviderOn(new LocalHost(options))
}

/** The same over a computer as `host` sees it. */
export function localProviderOn(host: LocalHost): MachineProvider {
  return new LocalProvider(host)
}

class LocalProvider implements MachineProvider {
  readonly manifest = localManifest
  readonly #host: LocalHost
  readonly #isolation: IsolationCheck
  readonly #lifecycle: MachineLifecycle
  readonly #commands: MachineCommands
  readonly sharedRuntimes: SharedRuntimes

  constructor(host: LocalHost) {
    this.#host = host
    this.#isolation = new IsolationCheck(this.#host)
    this.#lifecycle = new MachineLifecycle(this.#host, this.#isolation)
    this.#commands = new MachineCommands(this.#host, this.#lifecycle)
    this.sharedRuntimes = new RuntimeCache(this.#host, this.#isolation)
  }

  async probe(): Promise<SubstrateProbe> {
    const { isolation, problems } = await this.#isolation.verdict()
    const capabilities = await this.#isolation.capabilities()
    return { capabilities, isolation, network: 'shared-host', problems }
  }

  async checkHostPath(hostPath: string): Promise<void> {
    // No folder belongs to a machine's user, so any such user can do what this one can.
    return translated(
      'look at the folder',
      checkWorkspace(this.#host, hostPath, this.#host.asRoot ? throwawayUid : null),
    )
  }

  async provision(request: ProvisionRequest): Promise<ProvisionedMachine> {
    return translated('provision the machine', this.#lifecycle.provision(request))
  }

  async exec({ ref }: MachineRef, command: ExecCommand): Promise<ExecResult> {
    return translated('run the command', this.#commands.exec(ref, command))
  }

  streamExec({ ref }: MachineRef, command: ExecCommand): AsyncIterable<ExecEvent> {
    return this.#commands.stream(ref, command)
  }

  async attach({ ref }: MachineRef, command: Omit<ExecCommand, 'stdin'>): Promise<Attachment> {
    return translated('attach to the machine', this.#commands.attach(ref, command))
  }

  async writeFile(
    machine: MachineRef,
    path: string,
    bytes: Uint8Array,
    options: { mode?: number } = {},
  ): Promise<void> {
    const home = await this.#homeOf(machine)
    const script = writeFileScript(home, path, options.mode ?? 0o644)
    const { exitCode, stderr } = await this.exec(machine, { script, stdin: bytes })
    if (exitCode === 0) return
    if (/No space left on device|Disk quota exceeded/.test(Buffer.from(stderr).toString('latin1'))) {
      throw new AgentMachinesError('SUBSTRATE_QUOTA', `No room on the machine to write ${path}.`)
    }
    throw new AgentMachinesError('SUBSTRATE_INVALID', `The machine could not write ${path}.`)
  }

  async state({ ref }: MachineRef): Promise<ProviderState> {
    return translated('look at the machine', this.#lifecycle.state(ref))
  }

  async wake({ ref }: MachineRef): Promise<{ processesSurvived: boolean }> {
    return translated('wake the machine', this.#lifecycle.wake(ref))
  }

  async sleep({ ref }: MachineRef): Promise<void> {
    return translated('hold the machine', this.#lifecycle.sleep(ref))
  }

  async destroy({ machineId }: MachineRef): Promise<void> {
    // Also what was begun before anybody could note its reference, which is the same id.
    return translated('remove the machine', this.#lifecycle.destroy(machineId))
  }

  async keepAlive({ ref }: MachineRef): Promise<void> {
    if ((await this.#lifecycle.see(ref)) === undefined) throw machineGone(ref)
  }

  publicUrl(): Promise<string> {
    const message = 'A local machine has no public address; its ports are ports of this computer.'
    return Promise.reject(new AgentMachinesError('CAPABILITY_UNSUPPORTED', message))
  }

  async #homeOf({ ref }: MachineRef): Promise<string> {
    const seen = await this.#lifecycle.see(ref)
    if (seen === undefined) throw machineGone(ref)
    return seen.record.isolation === 'namespaces' ? machineHome : this.#host.layout.machine(ref).home
  }
}

async function translated<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toLocalError(error, what)
  }
}
