import { AgentMachinesError } from '@agent-machines/core'
import { relayCommand, workerCommand } from '../hub/worker-commands.ts'
import { toText } from '../protocol/bytes.ts'
import { Outbox } from './outbox.ts'
import { Retries } from './retries.ts'
import { linesToBytes, placeWords, readWire, unsupported, type Wire, type WireHost } from './wire.ts'

const mostInFlight = 2
const relayMs = 10_000

/** A stream follows the log; lines go as one command per flight. */
export async function openStreamWire(host: WireHost): Promise<Wire> {
  const { exec, session, log } = host
  if (exec.streamExec === undefined) throw unsupported('output stream')
  const stop = new AbortController()
  const relay = new Relay(host, stop.signal, (error) => stop.abort(error))
  const script = workerCommand('follow', session, ...placeWords(host.place()))
  const following = readWire(exec.streamExec({ script, signal: stop.signal }), log)
  return {
    output: untilAborted(following, stop.signal),
    write: (lines) => relay.write(lines),
    look: () => undefined,
    close: async () => stop.abort(),
  }
}

/** Ends with `signal`, in whatever way the substrate ends an aborted stream; rejects with its reason. */
async function* untilAborted<T>(events: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* events
  } catch (error) {
    if (!signal.aborted) throw error
  }
  if (signal.reason instanceof AgentMachinesError) throw signal.reason
}

/** Sends lines to the worker, at most two commands at a time. */
class Relay {
  readonly #host: WireHost
  readonly #signal: AbortSignal
  readonly #outbox = new Outbox()
  readonly #retries: Retries
  #inFlight = 0

  constructor(host: WireHost, signal: AbortSignal, failed: (error: AgentMachinesError) => void) {
    this.#host = host
    this.#signal = signal
    this.#retries = new Retries(host.timers, signal, () => this.#pump(), failed)
  }

  write(lines: readonly string[]): void {
    this.#outbox.add(lines)
    this.#pump()
  }

  #pump(): void {
    while (this.#inFlight < mostInFlight && !this.#retries.isWaiting && !this.#signal.aborted) {
      const flight = this.#outbox.depart()
      if (flight === null) return
      this.#inFlight += 1
      void this.#send(flight.lines).then(
        () => {
          flight.landed(true)
          this.#retries.succeeded()
          this.#landed()
        },
        (error: unknown) => {
          flight.landed(false)
          this.#retries.failed(error)
          this.#landed()
        },
      )
    }
  }

  #landed(): void {
    this.#inFlight -= 1
    this.#pump()
  }

  async #send(lines: readonly string[]): Promise<void> {
    const { exec, session } = this.#host
    const { exitCode, stderr } = await exec.exec({
      script: relayCommand(session),
      stdin: linesToBytes(lines),
      timeoutMs: relayMs,
      signal: this.#signal,
    })
    if (exitCode !== 0)
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', `Lines were not relayed: ${toText(stderr).trim()}`)
  }
}
