import {
  AgentMachinesError,
  type AgentSignals,
  type AgentState,
  type ConsoleEvent,
  type ConsoleOpened,
  type ConsoleTier,
  type EndReason,
  historyLines,
  inputLimitBytes,
  type OpenConsole,
  type Problem,
  pasteLimitBytes,
  type TakeOver,
  toProblem,
} from '@agent-machines/core'
import { fromBase64 } from '../protocol/bytes.ts'
import {
  claim,
  type Driving,
  driverColours,
  driverSize,
  release,
  takeOver,
} from '../protocol/driver-lines.ts'
import { hashOf } from '../protocol/hashes.ts'
import type { Message } from '../protocol/messages.ts'
import { normalizePaste } from '../protocol/normalize-paste.ts'
import { type Guarded, pasteLine, resizeLine, typeLine } from '../protocol/worker-lines.ts'
import type { Interest } from '../tiers/wire.ts'
import { ChangeSignal } from './change-signal.ts'
import { ConsoleAttachment, type Ended } from './console-attachment.ts'
import type { AgentAction, ClientBatch, ClientResize, ConsoleHubOptions } from './console-hub-options.ts'
import { ConsolePeople } from './console-people.ts'
import { ConsoleState } from './console-state.ts'
import { type Accepted, InputQueue } from './input-queue.ts'
import { withPasteFile } from './paste-files.ts'
import { Presence } from './presence.ts'
import { type PlacedSnapshot, SnapshotRequests } from './snapshot-requests.ts'
import type { Timers } from './timers.ts'
import { type StreamRequest, viewConsole, type WatchedConsole } from './view-console.ts'

const tickMs = 4000
/** A console that nobody watches, types into or waits for is let go after so long. */
const unwantedMs = 30_000

/**
 * One instance's view of one console: a single attachment shared by everybody who watches and types.
 *
 * Any number of instances may have a hub on the same console. Sequence numbers, the driver and the epoch live
 * in the worker's tmux server; nothing here is the truth about them.
 */
export class ConsoleHub implements WatchedConsole {
  readonly session: string
  readonly name: string
  readonly timers: Timers
  readonly state: ConsoleState
  readonly changes = new ChangeSignal()
  readonly #options: ConsoleHubOptions
  readonly #attachment: ConsoleAttachment
  readonly #queue: InputQueue
  readonly #snapshots: SnapshotRequests
  readonly #people: ConsolePeople
  readonly #presence: Presence
  #signalReaders = 0
  #agentState: AgentState | null = null
  #stopTick: () => void
  #wantedAt: number

  constructor(options: ConsoleHubOptions) {
    this.#options = options
    this.session = options.session
    this.name = hashOf(`${options.machineId}/${options.session}`)
    this.timers = options.timers
    this.state = new ConsoleState({ cols: 120, rows: 32 }, (message) => this.#onMessage(message))
    this.#people = new ConsolePeople(options.timers)
    this.#presence = new Presence(
      options.timers,
      this.#people,
      () => this.state.driver?.hash ?? null,
      options.randomId(),
    )
    this.#attachment = new ConsoleAttachment(options, this.state, this.changes, {
      wanted: () => this.#wanted(),
      presence: () => this.#presence.along(),
      opened: () => this.#snapshots.forget(),
      ready: () => this.#queue.resendAll(),
      failed: (error) => this.#queue.failAll(error),
    })
    this.#queue = new InputQueue({
      timers: options.timers,
      roundTrip: this.#attachment.roundTrip,
      epoch: () => this.state.epoch,
      driverHash: () => this.state.driver?.hash ?? null,
      write: (lines) => this.#attachment.isReady && this.#attachment.write(lines),
    })
    this.#snapshots = new SnapshotRequests(
      options.timers,
      this.state,
      this.changes,
      this.#attachment,
      options.createEmulator,
    )
    this.#wantedAt = options.timers.now()
    this.#stopTick = options.timers.after(tickMs, () => this.#tick())
  }

  /** What was published last about the agent in this console. */
  get agentState(): AgentState | null {
    return this.#agentState
  }

  /** Tells every reader what the agent is doing; whoever maps `signals()` calls this. */
  publishAgent(state: AgentState): void {
    this.#agentState = state
    this.changes.notify()
  }

  /** By which way the console is reached; it may change while streams run. */
  get tier(): ConsoleTier {
    return this.#attachment.tier
  }

  get viewers(): number {
    return this.#people.viewers
  }

  /** Set once the console ended for good, or for now. */
  get ended(): Ended | null {
    return this.#attachment.ended
  }

  /** Why the console cannot be reached at the moment. */
  get trouble(): Problem | null {
    const { trouble } = this.#attachment
    return trouble === null ? null : toProblem(trouble, this.#options.randomId())
  }

  async open(request: OpenConsole): Promise<ConsoleOpened> {
    const { session } = this
    await this.#attachment.run(
      'ensure',
      session,
      request.cols,
      request.rows,
      ...(request.launch ? ['--launch'] : []),
    )
    await this.ready()
    const claimant = request.client === undefined ? null : this.#people.actor(request.client, request.label)
    const requests =
      claimant === null
        ? [release]
        : [
            claim(claimant),
            driverSize(claimant.hash, request.cols, request.rows),
            ...(request.colours ? [driverColours(claimant.hash, request.colours)] : []),
          ]
    const hello = await this.#attachment.ask(claimant?.hash, requests)
    return {
      session,
      epoch: hello.epoch,
      cols: hello.cols,
      rows: hello.rows,
      tier: this.tier,
      transports: ['ws', 'sse', 'poll'],
      driver: hello.driver?.driver ?? null,
      expected: hello.acked + 1,
    }
  }

  async input(batch: ClientBatch): Promise<Accepted> {
    const bytes = fromBase64(batch.data)
    if (bytes.length === 0 || bytes.length > inputLimitBytes)
      throw new AgentMachinesError('INPUT_TOO_LARGE', `An input batch holds 1 to ${inputLimitBytes} bytes.`)
    return this.#send(batch, (guarded) => typeLine(guarded, bytes))
  }

  async paste(batch: ClientBatch): Promise<Accepted> {
    const given = fromBase64(batch.data)
    if (given.length > pasteLimitBytes)
      throw new AgentMachinesError('INPUT_TOO_LARGE', 'A paste holds at most 1 MiB.')
    const bytes = normalizePaste(given)
    if (bytes.length === 0)
      throw new AgentMachinesError('REQUEST_INVALID', 'A paste holds at least one byte.')
    await this.ready()
    const { exec, randomId, log } = this.#options
    const name = randomId()
    return withPasteFile(
      exec,
      { session: this.session, name },
      bytes,
      (path) => this.#send(batch, (guarded) => pasteLine(guarded, path, `am-${name}`)),
      (error) => log?.('a paste stays on the worker', { error: String(error) }),
    )
  }

  async resize(batch: ClientResize): Promise<{ acked: number; cols: number; rows: number }> {
    const isKnown = this.ackedOf(this.#people.actor(batch.client).hash) >= batch.seq
    const { acked } = await this.#send(batch, (guarded) => resizeLine(guarded, batch.cols, batch.rows))
    const { cols, rows } = isKnown ? this.state : batch
    return { acked, cols, rows }
  }

  async takeOver({
    client,
    label,
    from,
  }: Omit<TakeOver, 'session'>): Promise<Pick<ConsoleOpened, 'driver' | 'expected'>> {
    await this.ready()
    const claimant = this.#people.actor(client, label)
    const hello = await this.#attachment.ask(claimant.hash, [takeOver(claimant, from && drivingOf(from))])
    return { driver: hello.driver?.driver ?? null, expected: hello.acked + 1 }
  }

  /** Starts, stops or restarts what the pane is for; when it resolves after a stop, nothing of it is left. */
  async agent(action: AgentAction): Promise<void> {
    await this.#attachment.run('agent', action, this.session)
  }

  /** The console as one reader sees it, from `cursor` on; never ends before `signal` or the console does. */
  stream(request: StreamRequest): AsyncIterable<ConsoleEvent> {
    return viewConsole(this, request)
  }

  /** What the worker reports of the agent, at once and then at each report (every 10 s at least). */
  async *signals(signal?: AbortSignal): AsyncIterable<AgentSignals> {
    let last: AgentSignals | null = null
    this.#signalReaders += 1
    this.#attachment.start()
    try {
      while (!signal?.aborted && this.ended === null) {
        const { signals } = this.state
        if (signals !== null && signals !== last) yield signals
        last = signals
        if (this.state.signals === last) await this.changes.next(this.timers, 60_000, signal)
      }
    } finally {
      this.#signalReaders -= 1
    }
  }

  /** Ends every stream with this reason and lets go of the machine. */
  async close(reason: EndReason = 'replaced', retry = true): Promise<void> {
    this.#stopTick()
    this.#queue.failAll(new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console was let go.'))
    await this.#attachment.close({ reason, retry })
  }

  /** Resolves when the attachment stands and the log is read to its end, or when `signal` aborts. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#attachment.ready(signal)
  }

  /** A screen that holds everything up to its place, shared by viewers that ask at the same time; null to look again. */
  snapshot(history: number, signal: AbortSignal): Promise<PlacedSnapshot | null> {
    return this.#snapshots.next(Math.min(history, historyLines.max), signal)
  }

  /** Resolves when everything that is in the log by now was read. */
  async catchUp(): Promise<void> {
    await this.#attachment.ask()
  }

  ackedOf(hash: string): number {
    return this.#queue.ackedOf(hash, this.state.epoch)
  }

  /** Counts a viewer in; call the answer to count it out. */
  enter(client: string | undefined, label: string | undefined): () => void {
    const leave = this.#people.enter(client, label)
    this.#announceViewers()
    return () => {
      leave()
      this.#announceViewers()
    }
  }

  #announceViewers(): void {
    this.state.driverVersion += 1
    this.changes.notify()
  }

  async #send(batch: Omit<ClientBatch, 'data'>, line: (guarded: Guarded) => string): Promise<Accepted> {
    if (!this.#attachment.isReady) await this.ready()
    const claimant = this.#people.actor(batch.client)
    return this.#queue.send({ claimant, seq: batch.seq, epoch: batch.epoch, line })
  }

  #onMessage(message: Message): void {
    this.#attachment.onMessage(message)
    this.#queue.onMessage(message)
  }

  #wanted(): Interest {
    if (this.viewers > 0 || !this.#queue.isEmpty) return 'live'
    return this.#signalReaders > 0 ? 'glance' : 'none'
  }

  #tick(): void {
    if (this.#attachment.isReady) {
      const lines = this.#presence.due(this.tier)
      if (lines.length > 0) this.#attachment.write(lines)
    }
    if (this.#attachment.isWanted) this.#wantedAt = this.timers.now()
    if (this.timers.now() - this.#wantedAt >= unwantedMs) {
      this.#options.letGo?.()
      this.close().catch((error: unknown) =>
        this.#options.log?.('console was not let go', { error: String(error) }),
      )
      return
    }
    this.#attachment.reviveLoop()
    this.#stopTick = this.timers.after(tickMs, () => this.#tick())
  }
}

function drivingOf({ client, since }: NonNullable<TakeOver['from']>): Driving {
  return { hash: hashOf(client), since: Math.floor(Date.parse(since) / 1000) }
}
