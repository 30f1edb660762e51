import { consoleWorkerFiles } from '@agent-machines/console'
import {
  AgentMachinesError,
  type BootstrapPlan,
  type Exec,
  type UpstreamManifest,
} from '@agent-machines/core'
import {
  type AgentContext,
  agentContextOf,
  BootstrapFold,
  followBootstrapCommand,
  installOf,
  type ModelAccess,
  planBootstrap,
  startBootstrapCommand,
} from '@agent-machines/runtimes'
import type { Logger } from 'pino'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { MachineAccess } from '../fleet/machine-access.ts'
import type { MachinePatch, MachineRow, MachineStore } from '../store/machine-store.ts'
import type { CredentialService } from '../store/secrets/credential-service.ts'
import type { Vault } from '../store/secrets/vault.ts'
import { openMachineEnvironment } from './machine-environment.ts'
import { resolveModelAccess } from './model-access.ts'
import { redact, secretsInUrl } from './redact.ts'

export interface BootstrapServiceOptions {
  readonly machines: Pick<MachineStore, 'update'>
  readonly access: MachineAccess
  readonly catalogue: Pick<Catalogue, 'recipe' | 'upstream'>
  readonly credentials: Pick<CredentialService, 'resolve'>
  readonly vault: Pick<Vault, 'open' | 'digest'>
  readonly log: Logger
}

/** Size of a console before the first browser says its own. */
const firstSize = { cols: 120, rows: 32 }
const runnerStarts = 5

/** Hands the plan to the machine and follows it there; the machine does the work. */
export class BootstrapService {
  readonly #options: BootstrapServiceOptions

  constructor(options: BootstrapServiceOptions) {
    this.#options = options
  }

  /** Resolves when the bootstrap ended either way; the patch says which. */
  async run(row: MachineRow, signal: AbortSignal): Promise<MachinePatch> {
    const exec = this.#options.access.execFor(row)
    const { plan, secrets } = await this.planFor(row)
    await this.#options.machines.update(row.id, { modelAccess: await this.modelAccessOf(row) })
    const installing = this.#installSharedRuntime(row, signal)
    for (let start = 1; start <= runnerStarts; start++) {
      await startRunner(exec, plan, signal, secrets)
      const fold = await this.#follow(row, exec, plan, secrets, signal, installing)
      const { bootstrap } = fold
      if (bootstrap.state === 'done') {
        const runtimeVersion = this.#installOf(row)?.version ?? null
        return { state: 'ready', bootstrap, runtimeVersion, stateReason: null, stateDetail: null }
      }
      if (bootstrap.state === 'failed') {
        const failed = bootstrap.phases.find((phase) => phase.state === 'failed')
        const detail = failed?.error?.message ?? 'Setting it up failed.'
        return { state: 'failed', bootstrap, stateReason: 'BOOTSTRAP_FAILED', stateDetail: detail }
      }
    }
    throw new AgentMachinesError('BOOTSTRAP_FAILED', 'Its runner on the machine was ended again and again.')
  }

  /** The plan of a machine, and the values that must not leave in its log. */
  async planFor(row: MachineRow): Promise<{ plan: BootstrapPlan; secrets: string[] }> {
    const agent = await this.#agentInput(row)
    const source = row.workspaceSource
    const plan = planBootstrap({
      ...agent,
      gateway: row.gateway,
      workspace: source && 'git' in source ? source : null,
      consoleFiles: consoleWorkerFiles(),
      ...firstSize,
    })
    return { plan, secrets: await this.#secretsOf(row, agent.upstream) }
  }

  /** How the agent of a machine is set up, and the values that must not leave with what it says. */
  async agentOf(row: MachineRow): Promise<{ context: AgentContext; secrets: string[] }> {
    const agent = await this.#agentInput(row)
    return { context: agentContextOf(agent), secrets: await this.#secretsOf(row, agent.upstream) }
  }

  /** A digest of all that the machine would ask its model source with; null without one. */
  async modelAccessOf(row: MachineRow): Promise<string | null> {
    const access = await this.#modelAccess(row)
    return access && this.#options.vault.digest(row.workspace, JSON.stringify(access))
  }

  async #agentInput(row: MachineRow) {
    const recipe = this.#options.catalogue.recipe(row.runtime)
    const shared = this.#options.access.providerOf(row).sharedRuntimes
    const install = this.#installOf(row)
    return {
      recipe,
      install,
      home: row.home,
      upstream: await this.#modelAccess(row),
      model: row.model,
      sharedRuntimePath: shared && install ? shared.pathOf(install.runtime, install.version) : null,
    }
  }

  #installOf({ runtime, runtimeVersion }: MachineRow) {
    return installOf(this.#options.catalogue.recipe(runtime), runtimeVersion)
  }

  async #secretsOf(row: MachineRow, upstream: ModelAccess | null): Promise<string[]> {
    const source = row.workspaceSource
    const environment = await openMachineEnvironment(this.#options.vault, row)
    const inUrl = source && 'git' in source ? secretsInUrl(source.git) : []
    return [upstream?.key ?? '', ...Object.values(environment), ...inUrl]
  }

  async #modelAccess(row: MachineRow) {
    if (row.upstream === null || row.protocol === null) return null
    const upstream: UpstreamManifest = this.#options.catalogue.upstream(row.upstream)
    const { workspace, protocol } = row
    return resolveModelAccess(this.#options.credentials, { workspace, upstream, protocol })
  }

  #installSharedRuntime(row: MachineRow, signal: AbortSignal): Promise<unknown> {
    const shared = this.#options.access.providerOf(row).sharedRuntimes
    const install = this.#installOf(row)
    if (!shared || !install) return Promise.resolve(null)
    // The machine's own phase waits for the runtime and reports the failure that the installer logged.
    return shared.ensure(install, { signal }).then(
      () => null,
      (error: unknown) => error,
    )
  }

  async #follow(
    row: MachineRow,
    exec: Exec,
    plan: BootstrapPlan,
    secrets: readonly string[],
    signal: AbortSignal,
    installing: Promise<unknown>,
  ): Promise<BootstrapFold> {
    const fold = new BootstrapFold(plan.phases, { redact: (text) => redact(text, secrets) })
    void installing.then(
      (error) => error && this.#options.log.warn({ err: error, machineId: row.id }, 'install failed'),
    )
    const saving = new LatestWrite(() =>
      this.#options.machines.update(row.id, { bootstrap: fold.bootstrap }, [row.state]),
    )
    try {
      const command = { ...followBootstrapCommand(), signal }
      for await (const event of exec.streamExec(command)) {
        if (event.kind === 'exit') break
        const events = event.kind === 'stdout' ? fold.readState(event.bytes) : fold.readLog(event.bytes)
        if (events.some(({ event }) => event === 'phase')) saving.request()
      }
      fold.finish()
      return fold
    } finally {
      await saving.settled()
    }
  }
}

async function startRunner(exec: Exec, plan: BootstrapPlan, signal: AbortSignal, secrets: readonly string[]) {
  const command = startBootstrapCommand(plan)
  const { exitCode, stderr } = await exec.exec({ ...command, timeoutMs: 60_000, signal })
  if (exitCode === 0) return
  const said = redact(new TextDecoder().decode(stderr).trim().slice(-500), secrets)
  throw new AgentMachinesError(
    'BOOTSTRAP_FAILED',
    said || `The bootstrap could not be started (exit code ${exitCode}).`,
  )
}

/** Writes the newest value, one write at a time, however often it is asked to. */
class LatestWrite {
  readonly #write: () => Promise<unknown>
  #running: Promise<unknown> | null = null
  #again = false

  constructor(write: () => Promise<unknown>) {
    this.#write = write
  }

  request(): void {
    if (this.#running !== null) {
      this.#again = true
      return
    }
    this.#running = this.#write().finally(() => {
      this.#running = null
      if (this.#again) {
        this.#again = false
        this.request()
      }
    })
  }

  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
  }
}
