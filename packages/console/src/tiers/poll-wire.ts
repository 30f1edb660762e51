import { AgentMachinesError } from '@agent-machines/core'
import { workerCommand } from '../hub/worker-commands.ts'
import { toText } from '../protocol/bytes.ts'
import { ByteMerge } from './byte-merge.ts'
import { EventQueue } from './event-queue.ts'
import { Outbox } from './outbox.ts'
import { Retries } from './retries.ts'
import { linesToBytes, placeWords, splitHeader, type Wire, type WireEvent, type WireHost } from './wire.ts'

const mostInFlight = 2
/** How long the worker waits for news before it answers without. */
const waitMs = 20_000
/** The worker answers lines much sooner; this is for a courier that does not. */
const lineWaitMs = 2000
const glanceMs = 25_000
const graceMs = 15_000
/** The worker answers at most 1 MiB of log. */
const answerBytes = 1024 * 1024 + 4096
/** How the console's program says that there is nobody to follow. */
const noCourierExitCode = 3

/** Commands only: each writes lines, waits for news of the log and answers with it. */
export async function openPollWire(host: WireHost): Promise<Wire> {
  return new PollWire(host)
}

class PollWire implements Wire {
  readonly #host: WireHost
  readonly #stop = new AbortController()
  readonly #outbox = new Outbox()
  readonly #retries: Retries
  readonly #arrived = new EventQueue<WireEvent>()
  #merge: ByteMerge | null = null
  #inFlight = 0
  #stopGlance: (() => void) | null = null

  constructor(host: WireHost) {
    this.#host = host
    this.#retries = new Retries(
      host.timers,
      this.#stop.signal,
      () => this.look(),
      (error) => this.#end(error),
    )
    this.#exchange([], 0)
  }

  get output(): AsyncIterable<WireEvent> {
    return this.#arrived
  }

  write(lines: readonly string[]): void {
    this.#outbox.add(lines)
    this.look()
  }

  /** Whatever is to be sent or waited for goes as soon as there is room for it. */
  look(): void {
    while (this.#isFree()) {
      const flight = this.#outbox.depart()
      if (flight !== null) this.#exchange(flight.lines, lineWaitMs, flight.landed)
      else if (this.#inFlight === 0 && this.#host.wanted() === 'live') this.#exchange([], waitMs)
      else break
    }
    if (this.#inFlight === 0 && this.#host.wanted() === 'glance') this.#glanceLater()
  }

  async close(): Promise<void> {
    this.#end(undefined)
  }

  /** Nothing follows the first answer before it came: it says where the log is. */
  #isFree(): boolean {
    // One that waits for news and one that hangs must not keep what hangs from being sent again.
    const most = this.#merge === null ? 1 : mostInFlight + (this.#outbox.isOverdue ? 1 : 0)
    return this.#inFlight < most && !this.#retries.isWaiting && !this.#stop.signal.aborted
  }

  #glanceLater(): void {
    if (this.#stop.signal.aborted || this.#stopGlance !== null) return
    this.#stopGlance = this.#host.timers.after(glanceMs, () => {
      this.#stopGlance = null
      if (this.#inFlight === 0 && this.#isFree() && this.#host.wanted() !== 'none') this.#exchange([], 0)
    })
  }

  #exchange(
    lines: readonly string[],
    forMs: number,
    landed: (delivered: boolean) => void = () => undefined,
  ): void {
    this.#inFlight += 1
    void this.#ask([...this.#host.presence(), ...lines], forMs).then(
      (answer) => {
        landed(true)
        this.#inFlight -= 1
        this.#retries.succeeded()
        this.#take(answer)
        this.look()
      },
      (error: unknown) => {
        landed(false)
        this.#inFlight -= 1
        this.#retries.failed(error)
        this.look()
      },
    )
  }

  async #ask(lines: readonly string[], forMs: number): Promise<Uint8Array | null> {
    const { exec, session } = this.#host
    const place = this.#merge?.place ?? this.#host.place()
    const { exitCode, stdout, stderr } = await exec.exec({
      script: workerCommand('exchange', session, ...placeWords(place), forMs),
      stdin: linesToBytes(lines),
      timeoutMs: forMs + graceMs,
      maxOutputBytes: answerBytes,
      signal: this.#stop.signal,
    })
    if (exitCode === 0) return stdout
    if (exitCode === noCourierExitCode) return null
    throw new AgentMachinesError(
      'SUBSTRATE_TRANSIENT',
      `The console did not answer: ${toText(stderr).trim().slice(-300)}`,
    )
  }

  #take(answer: Uint8Array | null): void {
    if (this.#stop.signal.aborted) return
    const split = answer === null ? null : splitHeader(answer)
    if (split === null) {
      this.#end(undefined)
      return
    }
    const { header, rest } = split
    if (this.#merge === null) {
      this.#merge = new ByteMerge(header)
      this.#arrived.push({ kind: 'header', header })
    }
    const bytes = this.#merge.add(header, rest)
    // Another log, or a part of this one that is gone: whoever opens the next wire learns from where.
    if (bytes === null) this.#end(undefined)
    else if (bytes.length > 0) this.#arrived.push({ kind: 'bytes', bytes })
  }

  #end(error: AgentMachinesError | undefined): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#stopGlance?.()
    this.#arrived.end(error)
  }
}
