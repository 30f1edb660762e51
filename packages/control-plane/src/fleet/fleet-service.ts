import {
  AgentMachinesError,
  latestVersion,
  type Machine,
  type Page,
  type PatchMachine,
  type ReloadMachine,
} from '@agent-machines/core'
import type { RuntimeRecipe } from '@agent-machines/runtimes'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { MachinePatch, MachineRow, MachineStore } from '../store/machine-store.ts'
import type { MachineAccess } from './machine-access.ts'
import { assertHasGateway, decideBootstrap, decideSleep, decideWake } from './machine-actions.ts'
import { toMachine } from './to-machine.ts'

export interface FleetServiceOptions {
  readonly machines: MachineStore
  readonly workspace: string
  readonly access: MachineAccess
  readonly catalogue: Pick<Catalogue, 'gate' | 'recipe'>
  /** Makes the reconciler look at a machine now. */
  readonly kick: (machineId: string) => void
  /** Waits up to `withinMs` until the machine is destroyed. */
  readonly destroyed: (machineId: string, withinMs: number) => Promise<boolean>
}

const destroyWithinMs = 10_000

/** Reads machines and says what they shall become; the reconciler does the work. */
export class FleetService {
  readonly #options: FleetServiceOptions

  constructor(options: FleetServiceOptions) {
    this.#options = options
  }

  async list(query: {
    limit: number
    cursor?: string | undefined
    include?: 'destroyed' | undefined
  }): Promise<Page<Machine>> {
    const page = await this.#options.machines.list({
      workspace: this.#options.workspace,
      limit: query.limit,
      cursor: query.cursor,
      includeDestroyed: query.include === 'destroyed',
    })
    return { items: page.items.map(toMachine), nextCursor: page.nextCursor }
  }

  async get(machineId: string): Promise<Machine> {
    return toMachine(await this.#options.access.get(machineId))
  }

  async wake(machineId: string): Promise<Machine> {
    return this.#act(machineId, (row) =>
      decideWake(row.id, row.state, row.target) === 'already'
        ? null
        : { state: 'waking', target: 'ready', stateReason: null, stateDetail: null },
    )
  }

  async sleep(machineId: string): Promise<Machine> {
    return this.#act(machineId, (row) =>
      decideSleep(row.id, row.state, row.capabilities) === 'already' ? null : { target: 'asleep' },
    )
  }

  async bootstrap(machineId: string): Promise<Machine> {
    return this.#act(machineId, setUpAgain)
  }

  /** Sets a machine up as it shall be by now, with another version of its runtime if asked; its agent starts anew. */
  async reload(machineId: string, { runtimeVersion }: ReloadMachine): Promise<Machine> {
    return this.#act(machineId, (row) => {
      const recipe = this.#options.catalogue.recipe(row.runtime)
      const version =
        runtimeVersion === undefined ? {} : { runtimeVersion: versionOf(recipe, runtimeVersion) }
      return { ...setUpAgain(row), ...version, isSetUpAnew: true, restartAgent: recipe.manifest.hasAgent }
    })
  }

  /** True when nothing is left of it, false when that goes on in the background. */
  async destroy(machineId: string): Promise<boolean> {
    const machine = await this.#act(machineId, (row) =>
      row.state === 'destroyed' ? null : { state: 'destroying', target: 'destroyed', agent: null },
    )
    return machine.state === 'destroyed' || this.#options.destroyed(machineId, destroyWithinMs)
  }

  async patch(machineId: string, patch: PatchMachine): Promise<Machine> {
    const row = await this.#options.access.get(machineId)
    if (row.target === 'destroyed')
      throw new AgentMachinesError('MACHINE_DESTROYED', `Machine ${row.id} is destroyed.`)
    const plain: MachinePatch = {
      ...(patch.labels === undefined ? {} : { labels: patch.labels }),
    }
    const set = { ...(await this.#modelPatch(row, patch)), ...this.#gatewayPatch(row, patch) }
    // Only once nothing else of it can be refused.
    if (patch.name !== undefined) await this.#rename(row, patch.name)
    // The configuration phase puts it in place, so the machine goes through its bootstrap again, once it is up.
    return this.#act(machineId, () => ({ ...plain, ...set, isSetUpAnew: Object.keys(set).length > 0 }))
  }

  #gatewayPatch(row: MachineRow, { gateway }: PatchMachine): MachinePatch {
    if (gateway === undefined || gateway === row.gateway) return {}
    if (gateway) assertHasGateway(this.#options.catalogue.recipe(row.runtime))
    return { gateway, gatewayState: null }
  }

  async #modelPatch(row: MachineRow, patch: PatchMachine): Promise<MachinePatch> {
    if (patch.upstream === undefined && patch.model === undefined) return {}
    const upstream = patch.upstream ?? row.upstream ?? undefined
    const model = patch.model === undefined ? row.model : patch.model
    const verdict = await this.#options.catalogue.gate({
      runtime: row.runtime,
      substrate: row.substrate,
      ...(upstream === undefined ? {} : { upstream }),
      ...(model === null ? {} : { model }),
    })
    if (verdict.state === 'blocked') {
      throw new AgentMachinesError('GATE_BLOCKED', verdict.reasons[0]?.message, {
        details: { reasons: verdict.reasons },
      })
    }
    return { upstream: verdict.upstream, protocol: verdict.protocol, model }
  }

  async #rename(row: MachineRow, name: string): Promise<void> {
    if ((await this.#options.machines.rename(row.id, name)) !== 'name-taken') return
    const message = `A machine named ${name} exists already.`
    throw new AgentMachinesError('REQUEST_INVALID', message, {
      details: { errors: [{ path: 'name', message }] },
    })
  }

  /**
   * Changes the machine as `decide` says for the row it is given; null leaves it. A row that somebody else
   * changed meanwhile is decided on anew, so that no request is lost to a step that ends at the same time.
   */
  async #act(machineId: string, decide: (row: MachineRow) => MachinePatch | null): Promise<Machine> {
    for (;;) {
      const row = await this.#options.access.get(machineId)
      const patch = decide(row)
      if (patch === null) return toMachine(row)
      const changed = await this.#options.machines.update(row.id, patch, [row.state])
      if (!changed) continue
      this.#options.kick(row.id)
      return toMachine(changed)
    }
  }
}

/** Null where that goes on already. */
function setUpAgain(row: MachineRow): MachinePatch | null {
  if (decideBootstrap(row.id, row.state) === 'already') return null
  if (row.stateReason === 'SUBSTRATE_NOT_FOUND') {
    throw new AgentMachinesError('SUBSTRATE_NOT_FOUND', `Machine ${row.id} is gone from its substrate.`)
  }
  const state = row.providerRef === null ? 'provisioning' : 'bootstrapping'
  return { state, target: 'ready', stateReason: null, stateDetail: null }
}

function versionOf({ manifest, installs }: RuntimeRecipe, wanted: string): string {
  const versions = installs.map((install) => install.version)
  const version = wanted === latestVersion ? versions[0] : versions.find((each) => each === wanted)
  if (version !== undefined) return version
  const choice =
    versions.length === 0 ? 'It has no versions.' : `It is installed as ${versions.join(' or ')}.`
  throw new AgentMachinesError(
    'RUNTIME_VERSION_UNKNOWN',
    `${manifest.label} is not installed as ${wanted} here. ${choice}`,
    { details: { versions } },
  )
}
