import {
  AgentMachinesError,
  type ConsoleOpened,
  type Driver,
  type EndReason,
  historyLines,
  isAgentMachinesError,
  pasteLimitBytes,
} from '@agent-machines/core'
import { decodeBase64 } from '../bytes/base64.ts'
import { ClientName } from './client-name.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ConsoleConnectionOptions } from './connection-options.ts'
import type { ConsoleEvents, ConsoleState, LinkPhase } from './console-events.ts'
import type { LinkTarget, ShownEvent } from './console-link.ts'
import { Emitter } from './emitter.ts'
import { LinkKeeper, type OpenedLink } from './link-keeper.ts'
import { endOf } from './protocol.ts'
import { isTerminalReport } from './terminal-report.ts'
import { TypedInput } from './typed-input.ts'
import { WantedSize } from './wanted-size.ts'

const takeOverMs = 10_000

type Started = Extract<ShownEvent, { event: 'started' }>['data']

/**
 * A console that stays: it reconnects, resumes where it stopped, and types every key once and in order.
 *
 * What was typed is kept until the worker acknowledges it. Only when the program it was meant for is gone,
 * or somebody else types, it is given back as `undelivered`.
 */
export class ConsoleConnection {
  readonly #options: ConsoleConnectionOptions
  readonly #clock: Clock
  readonly #events = new Emitter<ConsoleEvents>()
  readonly #input: TypedInput
  readonly #keeper: LinkKeeper
  readonly #size: WantedSize
  readonly #name: ClientName
  #watching: boolean
  #launch: boolean
  #state: ConsoleState = { state: 'connecting' }
  #driver: Driver = null
  #takingOver: Promise<void> | null = null
  #cursor: string | undefined
  #history: number | undefined
  /** What the present link was asked for. */
  #linkHistory: number | undefined

  constructor(options: ConsoleConnectionOptions) {
    const random = options.random ?? Math.random
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#name = new ClientName(options.client ?? `c${Math.floor(random() * 1e15).toString(36)}`)
    this.#watching = options.watch ?? false
    this.#launch = options.launch ?? false
    this.#size = new WantedSize(this.#clock, { cols: options.cols, rows: options.rows })
    this.#input = new TypedInput(this.#clock, this.#events, {
      openLink: () => (this.#mayTransmit ? this.#keeper.link : null),
      identity: () => ({ session: this.#session, client: this.#name.current }),
      isWatching: () => this.#watching,
      driverIs: (driver) => {
        this.#driver = driver
      },
      reopen: () => this.#keeper.reconnect(),
      renew: () => this.#keeper.renew(),
    })
    this.#keeper = new LinkKeeper(options, this.#clock, random, {
      open: (signal) => this.#open(signal),
      event: (event) => this.#handle(event),
      acked: (acked) => this.#input.acknowledge(acked),
      refused: (error, seq) => {
        if (seq === null) this.#events.emit('problem', error)
        else this.#input.refused(error, seq)
      },
      oldestSentAt: () => this.#input.oldestSentAt,
      entered: (phase) => this.#entered(phase),
      problem: (error) => this.#events.emit('problem', error),
      failed: (error) => this.#end(endOf(error), error),
      linkDropped: () => this.#input.interrupted(),
    })
  }

  get state(): ConsoleState {
    return this.#state
  }

  get driver(): Driver {
    return this.#driver
  }

  get isDriver(): boolean {
    return this.#driver !== null && (this.#drives || this.#name.isFormer(this.#driver.client))
  }

  on<Name extends keyof ConsoleEvents>(
    name: Name,
    listener: (payload: ConsoleEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /** Connects; call it once, after the listeners stand. */
  start(): void {
    this.#keeper.start()
  }

  /** Types keys exactly as they are; also while reconnecting. What a terminal reports by itself counts as no key. */
  type(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
    if (bytes.length === 0) return
    const isReport = isTerminalReport(bytes)
    if (isReport ? this.#isClosedToMe : !this.#mayType(bytes)) return
    this.#input.add({ type: isReport ? 'report' : 'input', bytes })
  }

  /** Pastes in one piece; the worker brackets it when the program asked for that. At most 1 MiB. */
  paste(text: string): void {
    const bytes = new TextEncoder().encode(text)
    if (bytes.length === 0 || !this.#mayType(bytes)) return
    if (bytes.length > pasteLimitBytes) {
      const error = new AgentMachinesError('BODY_TOO_LARGE', 'At most 1 MiB can be pasted.')
      this.#input.giveBack([bytes], this.#input.noteRefusal(error))
      this.#events.emit('problem', error)
      return
    }
    this.#input.add({ type: 'paste', bytes })
  }

  /** The size wanted here; it applies while this connection is the driver. */
  resize(cols: number, rows: number): void {
    this.#size.want({ cols, rows }, () => this.#applySize())
  }

  /** Makes this connection the driver. What is typed from here on waits for that, or is given back. */
  takeOver(): Promise<void> {
    return this.#becomeDriver(true)
  }

  #becomeDriver(isFromAnybody: boolean): Promise<void> {
    this.#takingOver ??= this.#takeOver(isFromAnybody).finally(() => {
      this.#takingOver = null
      if (this.#isClosedToMe) this.#input.giveBackWaiting('not-driver')
      else this.#applySize()
      this.#input.flush()
    })
    return this.#takingOver
  }

  /** Asks for a screen with up to `lines` lines above it, as a `snapshot`; output goes on behind it. */
  loadHistory(lines: number): void {
    this.#history = Math.min(Math.max(Math.round(lines), 0), historyLines.max)
    if (this.#state.state === 'live') this.startOver()
  }

  /** Gives up output that was not shown yet: asks for the present screen, as a `snapshot`. */
  startOver(): void {
    this.#cursor = undefined
    if (this.#state.state === 'live') this.#keeper.renew()
  }

  /** Tries now, also after the end. */
  reconnect(): void {
    this.#keeper.reconnect()
  }

  /** Leaves the console; what runs in it goes on. */
  close(): void {
    this.#keeper.dispose()
    this.#end('closed')
  }

  /** Under the present name. */
  get #drives(): boolean {
    return this.#driver?.client === this.#name.current
  }

  get #session(): string {
    return this.#options.session ?? 'agent'
  }

  /** Takes over only what is said of the name that the client has by then. */
  async #open(signal: AbortSignal): Promise<OpenedLink> {
    for (;;) {
      // Before that is answered a former name may drive, and type what is still under way.
      await this.#takingOver?.catch(() => undefined)
      if (this.#input.needsName) this.#rename()
      await this.#settle(signal)
      const client = this.#name.current
      this.#input.opening()
      const opened = await this.#ask(client, signal)
      signal.throwIfAborted()
      if (client === this.#name.current) return { target: this.#adopt(opened), served: opened.transports }
    }
  }

  #ask(client: string, signal: AbortSignal): Promise<ConsoleOpened> {
    const { api, machineId, label } = this.#options
    const identity = this.#watching ? {} : { client, ...(label ? { label } : {}) }
    const launch = this.#launch ? { launch: true } : {}
    const colours = this.#options.colours?.()
    const request = {
      ...this.#size.wanted,
      session: this.#session,
      ...identity,
      ...launch,
      ...(colours ? { colours } : {}),
    }
    return api.open(machineId, request, { signal })
  }

  #adopt(opened: ConsoleOpened): LinkTarget {
    const { epoch, expected, driver } = opened
    this.#launch = false
    this.#size.is(opened)
    this.#driver = driver
    this.#input.opened(epoch, expected)
    if (driver && !this.#watching && !this.#drives && this.#wasMe(driver)) {
      this.#becomeDriver(false).catch((error: unknown) => {
        if (isAgentMachinesError(error)) this.#events.emit('problem', error)
      })
    }
    const { machineId } = this.#options
    this.#linkHistory = this.#history
    return {
      machineId,
      session: this.#session,
      client: this.#watching ? undefined : this.#name.current,
      epoch,
      cursor: this.#cursor,
      history: this.#history,
      firstNewSeq: this.#input.nextSeq,
    }
  }

  #wasMe(driver: NonNullable<Driver>): boolean {
    return this.#name.isFormer(driver.client) || (this.#options.isPredecessor?.(driver) ?? false)
  }

  #handle(event: ShownEvent): void {
    if ('id' in event && event.id) this.#cursor = event.id
    switch (event.event) {
      case 'started':
        this.#started(event.data)
        break
      case 'snapshot': {
        const { data, cols, rows, reason, history = null, historyAvailable = null } = event.data
        this.#size.is(event.data)
        const bytes = decodeBase64(data)
        this.#events.emit('snapshot', { bytes, cols, rows, reason, history, historyAvailable })
        break
      }
      case 'output':
        this.#events.emit('output', decodeBase64(event.data.data))
        this.#input.sawOutput()
        break
      case 'resize':
        this.#size.is(event.data)
        this.#events.emit('resize', event.data)
        break
      case 'driver':
        this.#driverChanged(event.data.driver, event.data.viewers)
        break
      case 'agent':
        this.#events.emit('agent', event.data)
        break
      case 'end':
        if (event.data.retry) this.#keeper.expired()
        else this.#end(event.data.reason)
        break
    }
  }

  #started({ epoch, cols, rows, driver, viewers, tier, resumed, rest = null }: Started): void {
    if (epoch !== this.#input.epoch) {
      this.#input.restarted(epoch)
      return
    }
    this.#size.is({ cols, rows })
    this.#keeper.stands()
    this.#input.stands()
    this.#events.emit('started', { tier, resumed, rest })
    this.#driverChanged(driver, viewers)
    if (this.#linkHistory !== this.#history) this.startOver()
    else this.#input.flush()
  }

  #driverChanged(driver: Driver, viewers: number): void {
    this.#driver = driver
    this.#events.emit('driver', { driver, viewers, mine: this.isDriver })
    this.#applySize()
  }

  /**
   * Takes the keyboard from whoever has it as far as is known here, so that a copy that comes late takes it from nobody
   * else; asked for by the person, it goes on until it is theirs.
   */
  async #takeOver(isFromAnybody: boolean): Promise<void> {
    const { api, machineId, label } = this.#options
    const abort = new AbortController()
    const unanswered = new AgentMachinesError('CONTROL_PLANE_UNREACHABLE', 'Taking over was not answered.')
    const cancel = this.#clock.after(takeOverMs, () => abort.abort(unanswered))
    // Copies of what was sent may still be under way, and would be typed once their name drives again.
    const isRenamed = this.#input.needsName || this.#input.isUnanswered
    if (isRenamed) this.#rename()
    try {
      const identity = { session: this.#session, client: this.#name.current, ...(label ? { label } : {}) }
      do {
        const from = this.#driver && { client: this.#driver.client, since: this.#driver.since }
        const { driver } = await api.takeOver(machineId, { ...identity, from }, { signal: abort.signal })
        this.#driver = driver
      } while (isFromAnybody && !this.#drives)
    } finally {
      cancel()
    }
    if (!this.#watching && !isRenamed) return
    this.#watching = false
    this.#input.beginAnew()
    if (this.#state.state === 'live') this.#keeper.renew()
    else this.#keeper.reconnect()
  }

  #applySize(): void {
    if (!this.isDriver || this.#state.state !== 'live') return
    const change = this.#size.takeChange()
    if (change) this.#input.add({ type: 'resize', ...change })
  }

  #mayType(bytes: Uint8Array): boolean {
    if (!this.#isClosedToMe) return true
    this.#input.giveBack([bytes], this.#state.state === 'ended' ? 'ended' : 'not-driver')
    return false
  }

  get #mayTransmit(): boolean {
    return this.#state.state === 'live' && !this.#watching && this.#takingOver === null
  }

  get #isClosedToMe(): boolean {
    if (this.#state.state === 'ended') return true
    const isOthers = this.#watching || (this.#driver !== null && !this.isDriver)
    return isOthers && this.#takingOver === null
  }

  #end(reason: EndReason | 'refused' | 'closed', error?: AgentMachinesError): void {
    this.#keeper.stop()
    this.#size.stop()
    this.#input.giveBackAll('ended')
    if (error) this.#events.emit('problem', error)
    this.#enter({ state: 'ended', reason, ...(error ? { error } : {}) })
  }

  #rename(): void {
    const { current } = this.#name
    if (this.#input.isUnanswered) this.#name.unsettled ??= { client: current, epoch: this.#input.epoch }
    this.#name.change()
    this.#input.beginAnew()
  }

  /** Asks, under the name it was sent by, how much was typed of what nobody answered. */
  async #settle(signal: AbortSignal): Promise<void> {
    const { unsettled } = this.#name
    if (unsettled === null) return
    const { api, machineId } = this.#options
    const request = { ...this.#size.wanted, session: this.#session, client: unsettled.client }
    const { epoch, expected } = await api.open(machineId, request, { signal })
    if (epoch === unsettled.epoch) this.#input.acknowledge(expected - 1)
    this.#name.unsettled = null
  }

  #entered(phase: LinkPhase): void {
    if (phase.state === 'reconnecting' || phase.state === 'offline') {
      this.#enter({ ...phase, keptKeys: this.#input.keysInFlight })
      return
    }
    const known = this.#state.state === 'live' ? this.#state.transport : null
    if (phase.state === 'connecting' || phase.transport !== known) this.#enter(phase)
  }

  #enter(state: ConsoleState): void {
    this.#state = state
    this.#events.emit('state', state)
  }
}
