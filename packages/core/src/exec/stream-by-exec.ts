import { AgentMachinesError, isAgentMachinesError } from '../errors/agent-machines-error.ts'
import { endDetached, pieceBytes, readDetached, startDetached } from './detached-command.ts'
import type { Exec, ExecCommand, ExecEvent } from './exec.ts'

export interface StreamByExecHost {
  now(): number
  /** Returns what stops it. */
  after(ms: number, run: () => void): () => void
  /** A fresh name of a-z0-9 each time. */
  randomId(): string
}

const waitMs = 8000
const graceMs = 15_000
const endMs = 10_000
const mostFailures = 4
const firstPauseMs = 100

/** Follows commands on a substrate that can only run them: detached there, asked for their output again and again. */
export function streamByExec(exec: Exec['exec'], host: StreamByExecHost): Exec['streamExec'] {
  return (command) => follow(new DetachedCommand(exec, host), command, host)
}

async function* follow(
  detached: DetachedCommand,
  command: ExecCommand,
  host: StreamByExecHost,
): AsyncGenerator<ExecEvent> {
  const deadline = host.now() + (command.timeoutMs ?? Number.POSITIVE_INFINITY)
  try {
    await detached.start(command)
    while (true) {
      const left = deadline - host.now()
      const { events, exitCode } = await detached.read(Math.max(0, Math.min(waitMs, left)), command.signal)
      yield* events
      if (exitCode !== null) {
        detached.hasEnded = true
        yield { kind: 'exit', exitCode, timedOut: false }
        return
      }
      if (left <= 0) break
    }
    await detached.end()
    yield { kind: 'exit', exitCode: 124, timedOut: true }
  } finally {
    // What cannot be ended from here ends by itself.
    await detached.end().catch(() => undefined)
  }
}

class DetachedCommand {
  hasEnded = false
  readonly #exec: Exec['exec']
  readonly #host: StreamByExecHost
  readonly #id: string
  readonly #read = { stdout: 0, stderr: 0 }
  #isGone = false

  constructor(exec: Exec['exec'], host: StreamByExecHost) {
    this.#exec = exec
    this.#host = host
    this.#id = host.randomId()
  }

  async start(command: ExecCommand): Promise<void> {
    const { timeoutMs: _, script, ...rest } = command
    const { exitCode, stderr } = await this.#exec({
      ...rest,
      script: startDetached(this.#id, script),
      timeoutMs: graceMs,
    })
    if (exitCode !== 0)
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The command could not be started.', {
        details: { said: new TextDecoder().decode(stderr).slice(-300) },
      })
  }

  /** Reading again what an answer that was lost held is harmless. */
  async read(forMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#ask(forMs, signal)
      } catch (error) {
        if (signal?.aborted || failures + 1 >= mostFailures || !isPassing(error)) throw error
        await new Promise<void>((resolve) => this.#host.after(firstPauseMs * 2 ** failures, resolve))
      }
    }
  }

  /** Kills what still runs and removes what was kept; at most once. */
  async end(): Promise<void> {
    if (this.#isGone) return
    this.#isGone = true
    await this.#exec({ script: endDetached(this.#id, this.hasEnded), timeoutMs: endMs })
  }

  async #ask(forMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    const { exitCode, stdout } = await this.#exec({
      script: readDetached(this.#id, this.#read, forMs),
      timeoutMs: forMs + graceMs,
      maxOutputBytes: 2 * pieceBytes + 64,
      ...(signal === undefined ? {} : { signal }),
    })
    if (exitCode !== 0)
      throw new AgentMachinesError('SUBSTRATE_FATAL', 'What the command said is not on the machine any more.')
    return this.#take(stdout)
  }

  #take(answer: Uint8Array): Answer {
    const head = answer.indexOf(0x0a)
    const sizes = /^(\d+) (\d+) (\d+|-)$/.exec(
      new TextDecoder().decode(answer.subarray(0, Math.max(0, head))),
    )
    const [outs, errs] = [Number(sizes?.[1]), Number(sizes?.[2])]
    const bytes = answer.subarray(head + 1)
    if (sizes === null || bytes.length !== outs + errs)
      throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'An answer of the machine was cut.')
    this.#read.stdout += outs
    this.#read.stderr += errs
    const events: ExecEvent[] = []
    if (outs > 0) events.push({ kind: 'stdout', bytes: bytes.subarray(0, outs) })
    if (errs > 0) events.push({ kind: 'stderr', bytes: bytes.subarray(outs) })
    return { events, exitCode: sizes[3] === '-' ? null : Number(sizes[3]) }
  }
}

interface Answer {
  readonly events: readonly ExecEvent[]
  readonly exitCode: number | null
}

function isPassing(error: unknown): boolean {
  return !isAgentMachinesError(error) || error.code === 'SUBSTRATE_TRANSIENT'
}
