import { AgentMachinesError, type ErrorCode, type ExecEvent, errorCatalog } from '@agent-machines/core'
import { BootstrapFold, followBootstrapCommand, type ToldBootstrapEvent } from '@agent-machines/runtimes'
import type { FleetEvents } from '../fleet/fleet-events.ts'
import type { MachineAccess } from '../fleet/machine-access.ts'
import type { MachineRow } from '../store/machine-store.ts'
import type { ServerEvent } from '../streams/server-event.ts'
import type { BootstrapService } from './bootstrap-service.ts'
import { redact } from './redact.ts'

export interface BootstrapStreamOptions {
  readonly access: MachineAccess
  readonly events: Pick<FleetEvents, 'until'>
  readonly bootstraps: Pick<BootstrapService, 'planFor'>
}

const waitMs = 15_000
const againMs = 500

/**
 * Tells a bootstrap from its beginning, then live, until it ended.
 *
 * Everything is read from the machine, so any instance can tell it. The id of an event is how many bytes of state and
 * log are told with it: a client that comes back with it gets what follows.
 */
export class BootstrapStream {
  readonly #options: BootstrapStreamOptions

  constructor(options: BootstrapStreamOptions) {
    this.#options = options
  }

  /** Rejects with `MACHINE_UNKNOWN` or `MACHINE_DESTROYED`; what goes wrong later ends the stream. */
  async open(
    machineId: string,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ServerEvent>> {
    const row = await this.#options.access.get(machineId)
    if (row.target === 'destroyed') throw failureOf(row)
    return this.#stream(machineId, after, signal)
  }

  async *#stream(
    machineId: string,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ServerEvent> {
    const row = await this.#whenProvisioned(machineId, signal)
    if (!row) return
    if (row.providerRef === null || row.target === 'destroyed') throw failureOf(row)
    if (row.state === 'asleep' || row.state === 'waking') {
      for (const phase of row.bootstrap.phases) yield { event: 'phase', data: phase }
      yield { event: 'done', data: { state: row.bootstrap.state } }
      return
    }
    yield* this.#follow(row, parseOffsets(after), signal)
  }

  async #whenProvisioned(machineId: string, signal: AbortSignal): Promise<MachineRow | null> {
    while (!signal.aborted) {
      const row = await this.#options.access.get(machineId)
      if (row.state !== 'provisioning') return row
      await this.#options.events.until(machineId, (next) => next?.state !== 'provisioning', waitMs)
    }
    return null
  }

  async *#follow(row: MachineRow, after: Offsets, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const { plan, secrets } = await this.#options.bootstraps.planFor(row)
    const exec = this.#options.access.execFor(row)
    const newFold = () => new BootstrapFold(plan.phases, { redact: (text) => redact(text, secrets) })
    if (after.state === 0 && after.log === 0) {
      for (const phase of newFold().bootstrap.phases) yield { event: 'phase', data: phase }
    }
    while (!signal.aborted) {
      const fold = newFold()
      let end: ToldBootstrapEvent | undefined
      for await (const told of tell(fold, exec.streamExec({ ...followBootstrapCommand(), signal }))) {
        if (told.event === 'done') end = told
        else if (isNews(told, after)) yield toServerEvent(told)
      }
      after = fold.offsets
      if (end === undefined) {
        const now = await this.#options.access.get(row.id)
        if (now.state !== 'bootstrapping') throw failureOf(now)
      }
      // Without an end the runner was killed or is not started yet. With one, whoever drives the machine either writes
      // it down, so that who hears of it finds the machine as it says, or has been told to try again.
      await this.#options.events.until(row.id, (next) => next?.state !== 'bootstrapping', againMs)
      const now = await this.#options.access.get(row.id)
      if (end !== undefined && now.state !== 'bootstrapping') {
        yield toServerEvent(end)
        return
      }
    }
  }
}

interface Offsets {
  readonly state: number
  readonly log: number
}

/** All that the output says, to its end. */
async function* tell(
  fold: BootstrapFold,
  output: AsyncIterable<ExecEvent>,
): AsyncGenerator<ToldBootstrapEvent> {
  for await (const event of output) {
    if (event.kind === 'stdout') yield* fold.readState(event.bytes)
    if (event.kind === 'stderr') yield* fold.readLog(event.bytes)
  }
  yield* fold.finish()
}

function isNews({ event, offsets }: ToldBootstrapEvent, after: Offsets): boolean {
  return event === 'log' ? offsets.log > after.log : offsets.state > after.state
}

function toServerEvent({ event, data, offsets }: ToldBootstrapEvent): ServerEvent {
  return { event, data, id: `${offsets.state}.${offsets.log}` }
}

function parseOffsets(id: string | undefined): Offsets {
  const [, state, log] = /^(\d{1,15})\.(\d{1,15})$/.exec(id ?? '') ?? []
  return { state: Number(state ?? 0), log: Number(log ?? 0) }
}

/** Why a machine that is not being set up is not ready, in the words of its row. */
function failureOf(row: MachineRow): AgentMachinesError {
  if (row.target === 'destroyed')
    return new AgentMachinesError('MACHINE_DESTROYED', `Machine ${row.id} is destroyed.`)
  const code =
    row.stateReason !== null && row.stateReason in errorCatalog ? (row.stateReason as ErrorCode) : 'INTERNAL'
  return new AgentMachinesError(code, row.stateDetail ?? undefined)
}
