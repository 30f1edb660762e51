import {
  AgentMachinesError,
  type CreateRun,
  isRunOver,
  latestSession,
  type Page,
  type Run,
  type RunListQuery,
  type RunVia,
} from '@agent-machines/core'
import { hasListPrice, type RuntimeRecipe } from '@agent-machines/runtimes'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { BootstrapService } from '../deploy/bootstrap-service.ts'
import type { MachineAccess } from '../fleet/machine-access.ts'
import { assertAwake } from '../fleet/machine-actions.ts'
import { bodyHashOf } from '../store/body-hash.ts'
import type { MachineRow } from '../store/machine-store.ts'
import type { NewRun, RunRow, RunStore } from '../store/run-store.ts'
import type { RunKeeper } from './run-keeper.ts'
import { toRun } from './to-run.ts'

export interface RunServiceOptions {
  readonly runs: RunStore
  readonly access: Pick<MachineAccess, 'get'>
  readonly catalogue: Pick<Catalogue, 'recipe' | 'isListPriced'>
  readonly bootstraps: Pick<BootstrapService, 'agentOf'>
  readonly keeper: Pick<RunKeeper, 'kick' | 'cancel'>
  /** Of a-z and 0-9. */
  readonly newId: () => string
}

export interface RunRequest {
  readonly machineId: string
  readonly body: CreateRun
  readonly principal: string
  readonly idempotencyKey: string | null
}

/** Accepts runs and tells about them; the keeper does the work. */
export class RunService {
  readonly #options: RunServiceOptions

  constructor(options: RunServiceOptions) {
    this.#options = options
  }

  /** A repeated request is answered with the run as it is by now, whatever its machine does. */
  async create({ machineId, body, principal, idempotencyKey }: RunRequest): Promise<Run> {
    const { runs, access, bootstraps, catalogue, keeper, newId } = this.#options
    const bodyHash = bodyHashOf({ run: machineId, body })
    const request = idempotencyKey === null ? undefined : { principal, key: idempotencyKey, bodyHash }
    const before = request && (await runs.repeated(request))
    if (before) return toRun(runOf(before))
    const machine = await access.get(machineId)
    const recipe = catalogue.recipe(machine.runtime)
    const hasPrice = catalogue.isListPriced(machine.upstream) && hasListPrice(body.model ?? machine.model)
    assertTakes(recipe, hasPrice, body)
    assertAwake(machine.id, machine.state)
    await bootstraps.agentOf(machine)
    const session = body.session === latestSession ? await this.#latest(machine, body) : body.session
    const run = newRun(newId(), machine, { ...body, session })
    const made = await runs.insert({ ...run, via: viaOf(recipe, machine, run) }, request)
    const inserted = runOf(made)
    keeper.kick(inserted.id)
    return toRun(inserted)
  }

  async get(machineId: string, runId: string): Promise<Run> {
    return toRun(await this.#find(machineId, runId))
  }

  /** Newest first. */
  async list(machineId: string, query: RunListQuery): Promise<Page<Run>> {
    await this.#options.access.get(machineId)
    const page = await this.#options.runs.list(machineId, query)
    return { items: page.items.map(toRun), nextCursor: page.nextCursor }
  }

  /** Asking twice is harmless, and so is a run that is over. */
  async cancel(machineId: string, runId: string): Promise<Run> {
    const run = await this.#find(machineId, runId)
    if (isRunOver(run.state)) return toRun(run)
    await this.#options.runs.requestCancel(runId)
    await this.#options.keeper.cancel(run)
    return this.get(machineId, runId)
  }

  /** Undefined where none has begun. */
  async #latest({ id }: MachineRow, { origin }: CreateRun): Promise<string | undefined> {
    const latest = await this.#options.runs.latest(id, origin)
    if (latest === undefined) return undefined
    const session = latest.session ?? latest.resumedSession
    // It is about to begin one: nobody knows its name yet.
    if (session === null) {
      throw new AgentMachinesError('SESSION_BUSY', undefined, { details: { runId: latest.id } })
    }
    return session
  }

  async #find(machineId: string, runId: string): Promise<RunRow> {
    const machine = await this.#options.access.get(machineId)
    const run = await this.#options.runs.get(runId)
    if (run?.machineId === machine.id) return run
    throw new AgentMachinesError('RUN_UNKNOWN', `Machine ${machine.id} has no run ${runId}.`, {
      details: { id: runId },
    })
  }
}

function runOf(made: Awaited<ReturnType<RunStore['insert']>>): RunRow {
  if (made.outcome === 'mismatch') throw new AgentMachinesError('IDEMPOTENCY_MISMATCH')
  return made.run
}

function assertTakes({ manifest, headless }: RuntimeRecipe, hasPrice: boolean, body: CreateRun): void {
  if (!headless) throw unsupported('runs', `${manifest.label} takes no runs.`)
  if (body.budgetUsd === undefined || headless.budget === 'runtime') return
  if (headless.budget === 'none')
    throw unsupported('budget', `${manifest.label} tells what it used only when a run is over.`)
  if (!hasPrice) throw unsupported('budget', 'No list price is known for this model from this model source.')
}

function unsupported(capability: string, message: string): AgentMachinesError {
  return new AgentMachinesError('CAPABILITY_UNSUPPORTED', message, { details: { capability } })
}

const heldByGateway =
  'The chat gateway holds this conversation: it goes on there as a chat, with the model and the permissions of the machine. Begin a new one, or turn the gateway off.'

/** A message goes through the machine's gateway, unless it asks for what only an agent of its own can do. */
function viaOf({ gateway }: RuntimeRecipe, machine: MachineRow, run: Omit<NewRun, 'via'>): RunVia {
  const { origin, permissions, model, resumedSession } = run
  if (!machine.gateway || !gateway) return 'one-shot'
  const isHeld = resumedSession !== null && gateway.holds(resumedSession)
  const isPlain = origin === 'chat' && permissions === 'configured' && model === null
  if (isPlain && (isHeld || resumedSession === null)) return 'gateway'
  if (isHeld && gateway.holdsAlone) throw unsupported('one-shot', heldByGateway)
  return 'one-shot'
}

function newRun(id: string, machine: MachineRow, body: CreateRun) {
  return {
    id,
    workspace: machine.workspace,
    machineId: machine.id,
    task: body.task,
    origin: body.origin,
    model: body.model ?? null,
    resumedSession: body.session ?? null,
    permissions: body.permissions,
    timeoutMs: body.timeoutMs,
    budgetUsd: body.budgetUsd ?? null,
  }
}
