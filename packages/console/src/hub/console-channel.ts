import { AgentMachinesError, type ConsoleTier, isAgentMachinesError } from '@agent-machines/core'
import { toText } from '../protocol/bytes.ts'
import { openAttachWire } from '../tiers/attach-wire.ts'
import { openPollWire } from '../tiers/poll-wire.ts'
import { openStreamWire } from '../tiers/stream-wire.ts'
import { TierLadder } from '../tiers/tier-ladder.ts'
import { type ChannelHeader, isMissing, isUnsupported, type Wire, type WireHost } from '../tiers/wire.ts'
import { workerCommand } from './worker-commands.ts'

export interface ChannelEvents {
  size(): { cols: number; rows: number }
  opened(header: ChannelHeader): void
  received(bytes: Uint8Array): void
  closed(): void
  /** What is in the way and stays there; null when it is not any more. */
  trouble(error: AgentMachinesError | null): void
  /** The machine is not there to be asked again. */
  gone(error: AgentMachinesError): void
}

const openers: Readonly<Record<ConsoleTier, (host: WireHost) => Promise<Wire>>> = {
  attach: openAttachWire,
  stream: openStreamWire,
  poll: openPollWire,
}
const firstPauseMs = 25
const longestPauseMs = 5000
/** For how long failures are taken for passing ones. */
const patienceMs = 3000
/** A way on which the console has not answered by then does not work. */
const standMs = 8000
/** How the console's program says that nothing can be written. */
const noSpaceExitCode = 28

/** The one way of an instance to a console, opened again whenever it ends, by the best tier that works. */
export class ConsoleChannel {
  readonly #host: WireHost
  readonly #events: ChannelEvents
  readonly #ladder: TierLadder
  #wire: Wire | null = null
  #tier: ConsoleTier
  #running = false
  #stopped = false
  #stood = false
  /** The console could not be brought up, which is no fault of the tier. */
  #isDown = false
  /** There is no console, and nobody asks for one. */
  #isUnwanted = false
  #wake: (() => void) | null = null
  #stopRaise: (() => void) | null = null

  constructor(host: WireHost, events: ChannelEvents) {
    this.#host = host
    this.#events = events
    this.#ladder = new TierLadder(host.exec, host.timers)
    this.#tier = this.#ladder.current
  }

  /** The one that stands, or stood last. */
  get tier(): ConsoleTier {
    return this.#tier
  }

  start(): void {
    if (this.#running || this.#stopped) {
      this.#wake?.()
      this.#wire?.look()
      return
    }
    this.#running = true
    void this.#run().finally(() => {
      this.#running = false
    })
  }

  /** To be called when the console answered over the way there is. */
  stands(): void {
    this.#stood = true
    this.#tier = this.#ladder.current
    this.#ladder.stood()
    this.#stopRaise?.()
    if (this.#ladder.better.length > 0)
      this.#stopRaise = this.#host.timers.after(this.#ladder.raiseMs, () => void this.#raise())
    this.#events.trouble(null)
  }

  /** Hands lines to the worker in order; false when there is no way to hand them over. */
  write(lines: readonly string[]): boolean {
    this.#wire?.write(lines)
    return this.#wire !== null
  }

  /** Opens the way anew, from where the log was read to. */
  async reopen(): Promise<void> {
    await this.#wire?.close()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#stopRaise?.()
    this.#wake?.()
    await this.#wire?.close()
  }

  async #run(): Promise<void> {
    let pauseMs = firstPauseMs
    let failingSince: number | null = null
    while (!this.#stopped) {
      this.#stood = false
      this.#isDown = false
      this.#isUnwanted = false
      const cause = await this.#follow().catch((error: unknown) => error)
      if (isMissing(cause) || (isUnsupported(cause) && this.#ladder.isLowest)) {
        this.#events.gone(cause)
        return
      }
      if (cause !== undefined) this.#host.log('console channel failed', { error: String(cause) })
      if (this.#stopped) return
      const now = this.#host.timers.now()
      if (this.#stood) {
        pauseMs = firstPauseMs
        failingSince = now
      } else if (!this.#isDown) this.#ladder.failed(isUnsupported(cause))
      if (this.#isUnwanted) failingSince = null
      else {
        failingSince ??= now
        this.#tell(cause, now - failingSince)
      }
      await this.#pause(pauseMs)
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    }
  }

  #tell(cause: unknown, failingMs: number): void {
    const known = isAgentMachinesError(cause) ? cause : null
    if (known?.code === 'SUBSTRATE_QUOTA') this.#events.trouble(known)
    else if (failingMs >= patienceMs) this.#events.trouble(known ?? endsAgainAndAgain())
  }

  /** Follows the console to the end of one way, after bringing it up if somebody waits for it. */
  async #follow(): Promise<void> {
    if ((await this.#open()) || this.#stopped) return
    const { cols, rows } = this.#events.size()
    this.#isDown = true
    this.#isUnwanted = this.#host.wanted() === 'none'
    if (this.#isUnwanted) return
    await this.run('ensure', this.#host.session, cols, rows)
    this.#isDown = false
    await this.#open()
  }

  /** Whether there was a console at the other end. */
  async #open(): Promise<boolean> {
    const wire = await openers[this.#ladder.current](this.#host)
    const stopWaiting = this.#host.timers.after(standMs, () => {
      if (!this.#stood) void wire.close()
    })
    try {
      return !this.#stopped && (await this.#read(wire))
    } finally {
      stopWaiting()
      this.#wire = null
      this.#events.closed()
      await wire.close()
    }
  }

  async #read(wire: Wire): Promise<boolean> {
    let isOpen = false
    for await (const event of wire.output) {
      if (event.kind === 'bytes') {
        // tmux writes none: it was read where the log has been trimmed by now.
        if (event.bytes.includes(0)) break
        this.#events.received(event.bytes)
      } else {
        isOpen = true
        this.#wire = wire
        this.#events.opened(event.header)
      }
      if (this.#stopped) break
    }
    return isOpen
  }

  /** Goes over to a better tier if one answers; what is there goes on until then. */
  async #raise(): Promise<void> {
    for (const tier of this.#ladder.better) {
      if (this.#stopped || !this.#stood) return
      if (await this.#answers(tier)) {
        this.#ladder.raise(tier)
        await this.reopen()
        return
      }
    }
    this.#stopRaise = this.#host.timers.after(this.#ladder.raiseMs, () => void this.#raise())
  }

  async #answers(tier: ConsoleTier): Promise<boolean> {
    try {
      const wire = await openers[tier](this.#host)
      const stopWaiting = this.#host.timers.after(standMs, () => void wire.close())
      try {
        for await (const event of wire.output) return event.kind === 'header'
        return false
      } finally {
        stopWaiting()
        await wire.close()
      }
    } catch (error) {
      this.#host.log('a better tier does not answer', { tier, error: String(error) })
      return false
    }
  }

  /** Runs the console's program once and waits. */
  async run(...words: readonly (string | number)[]): Promise<void> {
    const result = await this.#host.exec.exec({ script: workerCommand(...words), timeoutMs: 30_000 })
    if (result.exitCode === 0) return
    const said = toText(result.stderr).trim().slice(-300)
    if (result.exitCode === noSpaceExitCode) throw new AgentMachinesError('SUBSTRATE_QUOTA', noSpaceWords)
    throw new AgentMachinesError('SUBSTRATE_TRANSIENT', `The console's program failed: ${said}`, {
      details: { exitCode: result.exitCode },
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop()
        this.#wake = null
        resolve()
      }
      const stop = this.#host.timers.after(ms, done)
      this.#wake = done
    })
  }
}

const noSpaceWords =
  'No space is left on the machine for its console. Delete files there; the console comes back by itself.'

function endsAgainAndAgain(): AgentMachinesError {
  return new AgentMachinesError(
    'SUBSTRATE_TRANSIENT',
    'The console ends on the machine again and again. See there whether memory or processes ran out.',
  )
}
