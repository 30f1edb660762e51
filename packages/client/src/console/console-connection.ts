import {
  AgentMachinesError,
  type ConsoleOpened,
  type Driver,
  type EndReason,
  isAgentMachinesError,
  pasteLimitBytes,
} from '@agent-machines/core'
import { decodeBase64 } from '../bytes/base64.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ConsoleConnectionOptions } from './connection-options.ts'
import type { ConsoleEvents, ConsoleState, UndeliveredInput } from './console-events.ts'
import type { LinkTarget, ShownEvent } from './console-link.ts'
import { EchoMeter } from './echo-meter.ts'
import { Emitter } from './emitter.ts'
import { InputLedger } from './input-ledger.ts'
import { LinkKeeper } from './link-keeper.ts'
import { endOf, isDriver, messageOf, undeliveredReasonOf } from './protocol.ts'
import { isTerminalReport } from './terminal-report.ts'

const resizeDelayMs = 50

interface Size {
  readonly cols: number
  readonly rows: number
}

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
  readonly #ledger = new InputLedger()
  readonly #echo = new EchoMeter()
  readonly #keeper: LinkKeeper
  readonly #baseClient: string
  #client: string
  #renames = 0
  #watching: boolean
  #launch: boolean
  #wanted: Size
  #actual: Size | null = null
  #state: ConsoleState = { state: 'connecting' }
  #driver: Driver = null
  #cursor: string | undefined
  #ackedWhenAsked = 0
  #cancelResize: () => void = () => {}

  constructor(options: ConsoleConnectionOptions) {
    const random = options.random ?? Math.random
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#baseClient = options.client ?? `c${Math.floor(random() * 1e15).toString(36)}`
    this.#client = this.#baseClient
    this.#watching = options.watch ?? false
    this.#launch = options.launch ?? false
    this.#wanted = { cols: options.cols, rows: options.rows }
    this.#keeper = new LinkKeeper(options, this.#clock, random, {
      open: (signal) => this.#open(signal),
      adopt: (opened) => this.#adopt(opened),
      event: (event) => this.#handle(event),
      acked: (acked) => this.#acknowledge(acked),
      refused: (error, seq) => this.#refused(error, seq),
      oldestSentAt: () => this.#ledger.oldestSentAt,
      entered: (state) => this.#enter(state),
      problem: (error) => this.#events.emit('problem', error),
      failed: (error) => this.#end(endOf(error), error),
      linkDropped: () => this.#echo.interrupted(),
    })
  }

  get state(): ConsoleState {
    return this.#state
  }

  get driver(): Driver {
    return this.#driver
  }

  get isDriver(): boolean {
    return this.#driver?.client === this.#client
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
    if (isReport) this.#ledger.report(bytes, this.#clock.now())
    else this.#ledger.type(bytes, this.#clock.now())
    this.#flush()
  }

  /** Pastes in one piece; the worker brackets it when the program asked for that. At most 1 MiB. */
  paste(text: string): void {
    const bytes = new TextEncoder().encode(text)
    if (bytes.length === 0 || !this.#mayType(bytes)) return
    if (bytes.length > pasteLimitBytes) {
      this.#events.emit('problem', new AgentMachinesError('BODY_TOO_LARGE', 'At most 1 MiB can be pasted.'))
      return
    }
    this.#ledger.paste(bytes, this.#clock.now())
    this.#flush()
  }

  /** The size wanted here; it applies while this connection is the driver. */
  resize(cols: number, rows: number): void {
    this.#wanted = { cols, rows }
    this.#cancelResize()
    this.#cancelResize = this.#clock.after(resizeDelayMs, () => this.#applySize())
  }

  /** Makes this connection the driver. */
  async takeOver(): Promise<void> {
    const { api, machineId, label } = this.#options
    const wasWatching = this.#watching
    this.#watching = false
    const identity = { session: this.#session, client: this.#client }
    const { driver } = await api.takeOver(machineId, { ...identity, ...(label ? { label } : {}) })
    if (wasWatching) this.#keeper.reconnect()
    this.#driver = driver
    this.#applySize()
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

  get #session(): string {
    return this.#options.session ?? 'agent'
  }

  async #open(signal: AbortSignal): Promise<ConsoleOpened> {
    const { api, machineId, label } = this.#options
    if (this.#ledger.isAmbiguous) this.#rename()
    this.#ackedWhenAsked = this.#ledger.acked
    const identity = this.#watching ? {} : { client: this.#client, ...(label ? { label } : {}) }
    const launch = this.#launch ? { launch: true } : {}
    const request = { ...this.#wanted, session: this.#session, ...identity, ...launch }
    return await api.open(machineId, request, { signal })
  }

  #adopt(opened: ConsoleOpened): LinkTarget {
    const { epoch, expected, driver } = opened
    this.#launch = false
    this.#actual = { cols: opened.cols, rows: opened.rows }
    this.#driver = driver
    if (this.#ledger.epoch === null) this.#ledger.begin(epoch, expected)
    else if (this.#watching) this.#ledger.restart(epoch, expected)
    else if (epoch !== this.#ledger.epoch || expected <= this.#ackedWhenAsked) {
      this.#giveBack(this.#ledger.restart(epoch, expected), 'restarted')
    } else this.#acknowledge(expected - 1)
    this.#ledger.sendAgain()
    if (driver && !this.#watching && !this.isDriver && this.#options.isPredecessor?.(driver)) {
      this.takeOver().catch((error: unknown) => {
        if (isAgentMachinesError(error)) this.#events.emit('problem', error)
      })
    }
    const { machineId } = this.#options
    const client = this.#watching ? undefined : this.#client
    return { machineId, session: this.#session, client, epoch, cursor: this.#cursor }
  }

  #handle(event: ShownEvent): void {
    if ('id' in event && event.id) this.#cursor = event.id
    switch (event.event) {
      case 'started':
        this.#started(event.data)
        break
      case 'snapshot': {
        const { data, cols, rows, reason } = event.data
        this.#actual = { cols, rows }
        this.#events.emit('snapshot', { bytes: decodeBase64(data), cols, rows, reason })
        break
      }
      case 'output':
        this.#events.emit('output', decodeBase64(event.data.data))
        this.#echo.output(this.#clock.now())
        this.#emitStats()
        break
      case 'resize':
        this.#actual = event.data
        this.#events.emit('resize', event.data)
        break
      case 'driver':
        this.#driverChanged(event.data.driver, event.data.viewers)
        break
      case 'agent':
        this.#events.emit('agent', event.data)
        break
      case 'end':
        if (event.data.retry) this.#keeper.renew()
        else this.#end(event.data.reason)
        break
    }
  }

  #started(data: Extract<ShownEvent, { event: 'started' }>['data']): void {
    if (data.epoch !== this.#ledger.epoch) {
      this.#restarted(data.epoch)
      return
    }
    this.#actual = { cols: data.cols, rows: data.rows }
    this.#keeper.stands()
    this.#echo.stands(this.#clock.now())
    this.#driverChanged(data.driver, data.viewers)
    this.#flush()
  }

  #driverChanged(driver: Driver, viewers: number): void {
    this.#driver = driver
    this.#events.emit('driver', { driver, viewers, mine: this.isDriver })
    this.#applySize()
  }

  #applySize(): void {
    const same = this.#actual?.cols === this.#wanted.cols && this.#actual.rows === this.#wanted.rows
    if (!this.isDriver || same || this.#state.state !== 'live') return
    this.#actual = this.#wanted
    this.#ledger.resize(this.#wanted.cols, this.#wanted.rows, this.#clock.now())
    this.#flush()
  }

  #mayType(bytes: Uint8Array): boolean {
    if (!this.#isClosedToMe) return true
    this.#giveBack([bytes], this.#state.state === 'ended' ? 'ended' : 'not-driver')
    return false
  }

  get #isClosedToMe(): boolean {
    const isOthers = this.#watching || (this.#driver !== null && !this.isDriver)
    return isOthers || this.#state.state === 'ended'
  }

  #flush(): void {
    const { link } = this.#keeper
    const { epoch } = this.#ledger
    if (link && epoch !== null && this.#state.state === 'live' && !this.#watching) {
      const identity = { session: this.#session, client: this.#client, epoch }
      let entry = this.#ledger.take(link.window, this.#clock.now())
      while (entry) {
        link.send(messageOf(entry, identity))
        entry = this.#ledger.take(link.window, this.#clock.now())
      }
    }
    this.#emitStats()
  }

  #acknowledge(acked: number): void {
    const done = this.#ledger.acknowledge(acked)
    const last = done.findLast((entry) => entry.content.type === 'input' && entry.keys > 0)
    if (last) this.#echo.acked(last.typedAt, this.#clock.now())
    if (done.length > 0) this.#flush()
  }

  #refused(error: AgentMachinesError, seq: number | null): void {
    const { epoch, expected, driver } = error.details
    if (seq === null) {
      this.#events.emit('problem', error)
    } else if (error.code === 'INPUT_GAP' && typeof expected === 'number' && !this.#ledger.isAmbiguous) {
      this.#acknowledge(expected - 1)
      this.#ledger.sendAgain(expected)
      this.#flush()
    } else if (error.code === 'CONSOLE_RESTARTED' && typeof epoch === 'string') {
      if (epoch !== this.#ledger.epoch) this.#restarted(epoch)
    } else {
      this.#giveBack(this.#ledger.refuse(seq), undeliveredReasonOf(error))
      if (error.code !== 'CONSOLE_NOT_DRIVER') this.#events.emit('problem', error)
      else if (isDriver(driver)) this.#driver = driver
      this.#flush()
    }
  }

  #restarted(epoch: string): void {
    this.#giveBack(this.#ledger.restart(epoch, 1), 'restarted')
    this.#keeper.reconnect()
  }

  #giveBack(lost: readonly Uint8Array[], reason: UndeliveredInput['reason']): void {
    for (const bytes of lost) this.#events.emit('undelivered', { bytes, reason })
    if (lost.length > 0) this.#emitStats()
  }

  #end(reason: EndReason | 'refused' | 'closed', error?: AgentMachinesError): void {
    this.#keeper.stop()
    this.#cancelResize()
    this.#giveBack(this.#ledger.abandon(), 'ended')
    if (error) this.#events.emit('problem', error)
    this.#enter({ state: 'ended', reason, ...(error ? { error } : {}) })
  }

  /** Numbers of the old name could still be under way; under a new one they mean nothing. */
  #rename(): void {
    this.#renames += 1
    this.#client = `${this.#baseClient}-${this.#renames}`
    this.#ledger.forgetEpoch()
  }

  #enter(state: ConsoleState): void {
    this.#state = state
    this.#events.emit('state', state)
  }

  #emitStats(): void {
    this.#events.emit('stats', { echoMs: this.#echo.medianMs, keysInFlight: this.#ledger.keysInFlight })
  }
}
