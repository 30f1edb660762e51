import { randomBytes } from 'node:crypto'
import {
  type AgentAction,
  type ConsoleHub,
  createConsoleHub,
  PollReaders,
  type PollRequest,
} from '@agent-machines/console'
import type {
  ConsoleEvent,
  ConsoleInput,
  ConsoleOpened,
  ConsolePaste,
  ConsoleResize,
  MachineState,
  OpenConsole,
  TakeOver,
} from '@agent-machines/core'
import type { Logger } from 'pino'
import type { FleetEvents } from '../fleet/fleet-events.ts'
import type { MachineAccess } from '../fleet/machine-access.ts'
import { assertAwake } from '../fleet/machine-actions.ts'
import type { MachineRow } from '../store/machine-store.ts'
import { createXtermEmulator } from './xterm-emulator.ts'

export interface ConsoleServiceOptions {
  readonly access: MachineAccess
  readonly fleetEvents: Pick<FleetEvents, 'subscribe'>
  /** After this a stream ends and asks to be continued; null for never. */
  readonly streamLimitMs: number | null
  readonly log: Logger
}

export interface ConsoleStreamRequest {
  readonly machineId: string
  readonly session?: string | undefined
  readonly client?: string | undefined
  readonly label?: string | undefined
  readonly cursor?: string | undefined
  /** How many lines above the screen a snapshot holds. */
  readonly history?: number | undefined
  readonly signal: AbortSignal
}

/** States in which nobody can watch or type, and what the streams are told. */
const endReasons: Partial<Record<MachineState, 'asleep' | 'destroyed'>> = {
  destroyed: 'destroyed',
  destroying: 'destroyed',
  asleep: 'asleep',
  failed: 'asleep',
}

const timers = {
  now: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}

/**
 * The consoles this instance has open: one hub per machine and session, made when first asked for.
 *
 * A hub is a view of what lives on the machine; dropping one loses nothing.
 */
export class ConsoleService {
  readonly #options: ConsoleServiceOptions
  readonly #hubs = new Map<string, Map<string, ConsoleHub>>()
  readonly #polls = new PollReaders(timers, (request) => this.#follow(request))

  constructor(options: ConsoleServiceOptions) {
    this.#options = options
    options.fleetEvents.subscribe((row, machineId) => this.#onChange(row, machineId))
  }

  /** Rejects with what the machine's state forbids. */
  async hubOf(machineId: string, session = 'agent'): Promise<ConsoleHub> {
    const row = await this.#options.access.get(machineId)
    assertAwake(row.id, row.state)
    const hubs = this.#hubs.get(machineId) ?? new Map<string, ConsoleHub>()
    this.#hubs.set(machineId, hubs)
    const open = hubs.get(session)
    if (open && (open.ended === null || open.ended.reason === 'asleep')) return open
    const hub = createConsoleHub({
      exec: this.#options.access.consoleExecFor(row),
      machineId,
      session,
      timers,
      randomId: () => randomBytes(8).toString('hex'),
      createEmulator: createXtermEmulator,
      letGo: () => hubs.delete(session),
      log: (message, details) => this.#options.log.debug({ ...details, machineId, session }, message),
    })
    hubs.set(session, hub)
    if (row.agent) hub.publishAgent(row.agent)
    return hub
  }

  async open(machineId: string, request: OpenConsole): Promise<ConsoleOpened> {
    return this.#use(machineId, request.session, (hub) => hub.open(request))
  }

  async input(machineId: string, batch: ConsoleInput): Promise<{ acked: number; epoch: string }> {
    return this.#use(machineId, batch.session, (hub) => hub.input(batch))
  }

  async paste(machineId: string, batch: ConsolePaste): Promise<{ acked: number; epoch: string }> {
    return this.#use(machineId, batch.session, (hub) => hub.paste(batch))
  }

  async resize(
    machineId: string,
    batch: ConsoleResize,
  ): Promise<{ acked: number; cols: number; rows: number }> {
    return this.#use(machineId, batch.session, (hub) => hub.resize(batch))
  }

  async takeOver(machineId: string, request: TakeOver): Promise<Pick<ConsoleOpened, 'driver' | 'expected'>> {
    return this.#use(machineId, request.session, (hub) => hub.takeOver(request))
  }

  async agent(machineId: string, action: AgentAction): Promise<void> {
    await (await this.hubOf(machineId)).agent(action)
  }

  /** The console's own events and what its agent does, until `signal` aborts, the console or the host's limit ends it. */
  async stream({
    machineId,
    session,
    ...request
  }: ConsoleStreamRequest): Promise<AsyncIterable<ConsoleEvent>> {
    const { streamLimitMs } = this.#options
    const hub = await this.hubOf(machineId, session)
    return streamLimitMs === null ? hub.stream(request) : streamWithin(streamLimitMs, hub, request)
  }

  /** What came after the cursor by now, or the first that comes within `waitMs`. */
  async poll(request: PollRequest): Promise<ConsoleEvent[]> {
    const { streamLimitMs } = this.#options
    const longestMs = streamLimitMs === null ? request.waitMs : streamLimitMs / 2
    return this.#polls.poll({ ...request, waitMs: Math.min(request.waitMs, longestMs) })
  }

  /** Ends this instance's streams of a machine. */
  closeMachine(machineId: string, reason: 'asleep' | 'destroyed'): void {
    const hubs = this.#hubs.get(machineId)
    if (!hubs) return
    this.#hubs.delete(machineId)
    for (const hub of hubs.values()) {
      hub
        .close(reason, false)
        .catch((error) => this.#options.log.debug({ err: error, machineId }, 'console did not close'))
    }
  }

  async close(): Promise<void> {
    const open = [...this.#hubs.values()].flatMap((hubs) => [...hubs.values()])
    this.#hubs.clear()
    await Promise.allSettled(open.map((hub) => hub.close('limit', true)))
  }

  #onChange(row: MachineRow | null, machineId: string): void {
    const reason = row === null ? 'destroyed' : endReasons[row.state]
    if (reason) this.closeMachine(machineId, reason)
    else if (row?.agent) {
      for (const hub of this.#hubs.get(machineId)?.values() ?? []) hub.publishAgent(row.agent)
    }
  }

  async *#follow({ machineId, session, ...request }: ConsoleStreamRequest): AsyncGenerator<ConsoleEvent> {
    const hub = await this.hubOf(machineId, session)
    yield* hub.stream(request)
  }

  /** Typing needs no look at the database while the console is open: the worker refuses what is not right. */
  async #use<T>(
    machineId: string,
    session: string | undefined,
    act: (hub: ConsoleHub) => Promise<T>,
  ): Promise<T> {
    const open = this.#hubs.get(machineId)?.get(session ?? 'agent')
    return act(open?.ended === null ? open : await this.hubOf(machineId, session))
  }
}

async function* streamWithin(
  limitMs: number,
  hub: ConsoleHub,
  request: Omit<ConsoleStreamRequest, 'machineId' | 'session'>,
): AsyncGenerator<ConsoleEvent> {
  const limit = limitedSignal(request.signal, limitMs)
  try {
    yield* hub.stream({ ...request, signal: limit.signal })
    if (limit.isOver()) yield { event: 'end', data: { reason: 'limit', retry: true } }
  } finally {
    limit.release()
  }
}

/** A signal that also aborts after `limitMs`; nothing of it is left after `release`. */
function limitedSignal(outer: AbortSignal, limitMs: number) {
  const controller = new AbortController()
  let over = false
  const end = () => controller.abort()
  const timer = setTimeout(() => {
    over = !outer.aborted
    end()
  }, limitMs)
  if (outer.aborted) end()
  outer.addEventListener('abort', end)
  return {
    signal: controller.signal,
    isOver: () => over,
    release() {
      clearTimeout(timer)
      outer.removeEventListener('abort', end)
    },
  }
}
