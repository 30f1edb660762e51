import { AgentMachinesError, type CreateMachine, type Machine } from '@agent-machines/core'
import { installOf } from '@agent-machines/runtimes'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Providers } from '../fleet/machine-access.ts'
import { assertHasGateway } from '../fleet/machine-actions.ts'
import { makeMachineName } from '../fleet/machine-name.ts'
import { toMachine } from '../fleet/to-machine.ts'
import { bodyHashOf } from '../store/body-hash.ts'
import type { IdempotencyRequest } from '../store/idempotency-keys.ts'
import type { MachineRow, MachineStore, NewMachine, RepeatedOutcome } from '../store/machine-store.ts'
import type { Vault } from '../store/secrets/vault.ts'

export interface DeployServiceOptions {
  readonly machines: Pick<MachineStore, 'insert' | 'repeated'>
  readonly vault: Vault
  readonly catalogue: Catalogue
  readonly providers: Providers
  readonly workspace: string
  readonly kick: (machineId: string) => void
  readonly newId: () => string
  readonly random: () => number
}

export interface DeployRequest {
  readonly body: CreateMachine
  readonly principal: string
  readonly idempotencyKey: string | null
}

const nameTries = 20

/**
 * Accepts machines: gate first, then the row, then the reconciler. A repeated request is answered as it was the
 * first time, whatever the gate says by now.
 *
 * The row and its idempotency key are written in one transaction before any substrate is called, so a
 * crash leaves either nothing or a row that the next start continues.
 */
export class DeployService {
  readonly #options: DeployServiceOptions

  constructor(options: DeployServiceOptions) {
    this.#options = options
  }

  async deploy({ body, principal, idempotencyKey }: DeployRequest): Promise<Machine> {
    const { catalogue, providers, kick, machines } = this.#options
    const request =
      idempotencyKey === null ? undefined : { principal, key: idempotencyKey, bodyHash: bodyHashOf(body) }
    const before = request && (await machines.repeated(request))
    if (before) return toMachine(machineOf(before))
    const recipe = catalogue.recipe(body.runtime)
    if (body.gateway) assertHasGateway(recipe)
    const provider = providers.get(body.substrate)
    if (!provider)
      throw new AgentMachinesError('SUBSTRATE_UNKNOWN', `There is no substrate "${body.substrate}".`)
    if (body.workspace && 'hostPath' in body.workspace) await provider.checkHostPath(body.workspace.hostPath)
    const verdict = await catalogue.gate(body)
    if (verdict.state === 'blocked') {
      const said = verdict.reasons.map((reason) => reason.message).join(' ')
      throw new AgentMachinesError('GATE_BLOCKED', said, { details: { reasons: verdict.reasons } })
    }
    const probe = await provider.probe()
    const row = await this.#insert(body, request, (name, id, env) => ({
      id,
      name,
      workspace: this.#options.workspace,
      labels: body.labels ?? {},
      runtime: body.runtime,
      runtimeVersion: installOf(recipe, null)?.version ?? null,
      substrate: body.substrate,
      upstream: verdict.upstream,
      protocol: verdict.protocol,
      model: body.model ?? null,
      gateway: body.gateway ?? false,
      preset: body.preset ?? null,
      spec: body.spec ?? {},
      env,
      workspaceSource: body.workspace ?? null,
      state: 'provisioning',
      target: 'ready',
      home: '/home/agent',
      isolation: probe.isolation,
      network: probe.network,
      capabilities: probe.capabilities,
      bootstrap: { state: 'pending', phases: [] },
    }))
    kick(row.id)
    return toMachine(row)
  }

  async #insert(
    body: CreateMachine,
    request: IdempotencyRequest | undefined,
    rowFor: (name: string, id: string, env: Buffer | null) => NewMachine,
  ): Promise<MachineRow> {
    const { machines, newId, random } = this.#options
    const id = newId()
    const env = body.env && Object.keys(body.env).length > 0 ? await this.#seal(id, body.env) : null
    for (let attempt = 0; attempt < nameTries; attempt++) {
      const name = body.name ?? nameFor(body.runtime, attempt, random)
      const result = await machines.insert(rowFor(name, id, env), request)
      if (result.outcome === 'inserted') return result.machine
      if (result.outcome !== 'name-taken') return machineOf(result)
      if (body.name !== undefined) throw nameTaken(body.name)
    }
    throw new AgentMachinesError('INTERNAL', 'No free machine name was found.')
  }

  async #seal(id: string, env: Record<string, string>): Promise<Buffer> {
    return this.#options.vault.seal(
      { workspace: this.#options.workspace, kind: 'machine-env', name: id },
      JSON.stringify(env),
    )
  }
}

function machineOf(answer: RepeatedOutcome): MachineRow {
  if (answer.outcome === 'mismatch') throw new AgentMachinesError('IDEMPOTENCY_MISMATCH')
  return answer.machine
}

function nameFor(runtime: string, attempt: number, random: () => number): string {
  const name = makeMachineName(random)
  return attempt < 5 ? name : `${name}-${runtime}-${Math.floor(random() * 10_000)}`
}

function nameTaken(name: string): AgentMachinesError {
  const message = `A machine named ${name} exists already.`
  return new AgentMachinesError('REQUEST_INVALID', message, {
    details: { errors: [{ path: 'name', message }] },
  })
}
