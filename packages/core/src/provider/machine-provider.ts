import type { Attachment, ExecCommand, ExecEvent, ExecResult } from '../exec/exec.ts'
import type { Capabilities, Isolation, Network } from '../machine/machine-state.ts'

export interface CredentialField {
  /** Name of the credential, also of the environment variable: `E2B_API_KEY`. */
  readonly name: string
  readonly label: string
  readonly help: string
  readonly required: boolean
}

/** What a form, a listing or a document says about a substrate. */
export interface SubstrateManifest {
  readonly id: string
  readonly label: string
  /** One sentence on where the machine runs. */
  readonly summary: string
  readonly docsPath: string
  /** Whether a folder of the control plane's computer can be worked on in place. */
  readonly takesHostPath: boolean
  readonly credentials: readonly CredentialField[]
}

/** What this installation of the substrate can do; probed, not assumed. */
export interface SubstrateProbe {
  readonly capabilities: Capabilities
  readonly isolation: Isolation
  readonly network: Network
  /** Empty when machines can be provisioned. */
  readonly problems: readonly SubstrateProblem[]
}

export interface SubstrateProblem {
  /** One sentence with the cause. */
  readonly message: string
  /** The command or setting that lifts it. */
  readonly fix: string
}

export interface MachineSpec {
  readonly cpus?: number | undefined
  readonly memoryMiB?: number | undefined
  readonly pids?: number | undefined
}

export interface ProvisionRequest {
  /** Ours; asking twice with the same id gives the same machine. */
  readonly machineId: string
  readonly spec: MachineSpec
  /** Environment of every command on the machine. */
  readonly env: Readonly<Record<string, string>>
  /** A folder of this computer to work on; only `local` takes it. */
  readonly hostPath?: string | undefined
  readonly signal?: AbortSignal
}

/** How a provider finds a machine again; `ref` is its own and opaque to everybody else. */
export interface MachineRef {
  readonly machineId: string
  readonly ref: string
}

export interface ProvisionedMachine {
  readonly ref: string
  /** Absolute path of the home as seen on the machine. */
  readonly home: string
  readonly isolation: Isolation
  readonly network: Network
  readonly capabilities: Capabilities
}

export interface ProviderState {
  /** `lost`: files are there, processes are not; a wake rebuilds. `gone`: nothing is left. */
  readonly state: 'starting' | 'running' | 'asleep' | 'lost' | 'gone' | 'unknown'
  readonly reason?: string
  readonly expiresAt?: string
}

/** A runtime to put where machines of one host share it. */
export interface RuntimeInstall {
  readonly runtime: string
  readonly version: string
  /** POSIX shell; installs into the folder `$PREFIX`, which is all it can write besides /tmp. */
  readonly script: string
  /** Run from `$PREFIX`; its output must contain `expect`, or the install does not count. */
  readonly verify: { readonly command: string; readonly expect: string }
}

/** Runtimes installed once per host and seen read-only by its machines. */
export interface SharedRuntimes {
  /** Absolute path on the machine where the runtime is, once `ensure` has resolved. */
  pathOf(runtime: string, version: string): string
  /**
   * Installs the runtime unless it is there. One installer per version at a time across processes;
   * a killed or failed one leaves nothing half. Rejects with `RUNTIME_INSTALL_FAILED`.
   */
  ensure(
    install: RuntimeInstall,
    options: { signal?: AbortSignal; onLog?: (line: string) => void },
  ): Promise<void>
}

/** One substrate. Errors are `AgentMachinesError`s with `SUBSTRATE_*`, `EXEC_*` or `MACHINE_ASLEEP` codes. */
export interface MachineProvider {
  readonly manifest: SubstrateManifest
  probe(): Promise<SubstrateProbe>
  /**
   * Rejects with `WORKSPACE_NOT_ACCESSIBLE` unless a machine could work on this folder of the control plane's
   * computer, and with `CAPABILITY_UNSUPPORTED` where `takesHostPath` is false.
   */
  checkHostPath(hostPath: string): Promise<void>
  provision(request: ProvisionRequest): Promise<ProvisionedMachine>
  exec(machine: MachineRef, command: ExecCommand): Promise<ExecResult>
  streamExec(machine: MachineRef, command: ExecCommand): AsyncIterable<ExecEvent>
  /** Refused with `CAPABILITY_UNSUPPORTED` where `capabilities.attach` is false. */
  attach(machine: MachineRef, command: Omit<ExecCommand, 'stdin'>): Promise<Attachment>
  /** Replaces the file in one step; makes missing folders; `path` is absolute or relative to the home. */
  writeFile(machine: MachineRef, path: string, bytes: Uint8Array, options?: { mode?: number }): Promise<void>
  state(machine: MachineRef): Promise<ProviderState>
  /** Asking twice is harmless. `processesSurvived` false means every console must be rebuilt. */
  wake(machine: MachineRef): Promise<{ processesSurvived: boolean }>
  sleep(machine: MachineRef): Promise<void>
  /**
   * Ends every process and deletes the files; harmless when nothing is left.
   *
   * With an empty `ref` the machine is found by `machineId`: whoever asked for it may have been killed before the
   * reference could be noted.
   */
  destroy(machine: MachineRef): Promise<void>
  /** Asks the substrate not to end the machine for `durationMs`; a no-op where machines do not expire. */
  keepAlive(machine: MachineRef, durationMs: number): Promise<void>
  /** Refused with `CAPABILITY_UNSUPPORTED` where `capabilities.publicUrl` is false. */
  publicUrl(machine: MachineRef, port: number): Promise<string>
  readonly sharedRuntimes?: SharedRuntimes
}
