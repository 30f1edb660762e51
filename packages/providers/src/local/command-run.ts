import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { AgentMachinesError, type ExecCommand, type ExecEvent } from '@agent-machines/core'
import { EventQueue } from './event-queue.ts'
import { toLocalError } from './local-errors.ts'
import { killProcessGroup } from './process-group.ts'
import { startedDescriptor } from './sandbox-entry.ts'
import type { WaitingShell } from './waiting-shell.ts'

/** Output waiting for its reader above which the command's pipes are no longer read. */
const highWaterBytes = 256 * 1024
/** How long output may still come after the shell has ended, from children that hold it. */
const drainQuietMs = 100
const drainLimitMs = 1_000

export interface CommandRunOptions extends Pick<ExecCommand, 'signal' | 'timeoutMs'> {
  /** The command in the words of `wordsOf`. */
  readonly words: string
  /** Makes the error for a machine that could not be entered. */
  readonly explainRefusal: (exitCode: number, stderr: string) => Promise<AgentMachinesError>
}

/** One command in a process group of its own, from entry to its one `exit`. */
export class CommandRun {
  readonly #child: ChildProcess
  readonly #streams: WaitingShell['streams']
  readonly #options: CommandRunOptions
  readonly #queue: EventQueue<ExecEvent>
  #started = false
  #timedOut = false
  #aborted = false
  #exitCode: number | undefined
  /** The process with its descriptors, and each output. */
  #open = 3
  #finished = false
  #refusal = ''
  #timer: NodeJS.Timeout | undefined
  #drainTimer: NodeJS.Timeout | undefined
  #drainEndsAt = 0
  #killed: Promise<boolean> | undefined

  constructor(shell: WaitingShell, options: CommandRunOptions) {
    this.#options = options
    this.#queue = new EventQueue(() => this.#resume())
    this.#child = shell.child
    this.#streams = shell.streams
    this.#child.once('error', (error) => this.#finish({ error: toLocalError(error, 'start a command') }))
    this.#child.once('exit', (code, signal) => this.#exited(code, signal))
    this.#child.once('close', () => this.#oneClosed())
    this.#follow('stdout', this.#streams.stdout)
    this.#follow('stderr', this.#streams.stderr)
    const mark = this.#child.stdio[startedDescriptor] as Readable | null | undefined
    mark?.on('data', () => this.#markStarted())
    this.#streams.stdin?.on('error', () => undefined)
    options.signal?.addEventListener('abort', this.#abort, { once: true })
    if (options.timeoutMs !== undefined) {
      this.#timer = setTimeout(() => this.#expire(), Math.min(options.timeoutMs, 2 ** 31 - 1))
    }
    shell.tell(options.words)
  }

  /** Every output, then one `exit`. Stopping the iteration kills the group. */
  async *events(): AsyncGenerator<ExecEvent, void, undefined> {
    let done = false
    try {
      for (;;) {
        const event = await this.#queue.next()
        if (event === undefined) return
        if (event.kind === 'exit') done = true
        yield event
      }
    } finally {
      if (!done) await this.kill()
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.#streams
    if (stdin === null || this.#finished || this.#exitCode !== undefined)
      return Promise.reject(commandEnded())
    return new Promise((resolve, reject) => {
      stdin.write(bytes, (error) => (error ? reject(commandEnded(error)) : resolve()))
    })
  }

  end(): Promise<void> {
    const { stdin } = this.#streams
    return new Promise((resolve) => {
      if (stdin === null || stdin.destroyed || stdin.writableEnded) resolve()
      else stdin.end(() => resolve(void stdin.destroy())).once('error', () => resolve())
    })
  }

  /** Ends the whole group and waits for it; harmless once the command has ended by itself. */
  async kill(): Promise<void> {
    if (this.#exitCode !== undefined && this.#killed === undefined) return this.#finishAfterExit()
    await this.#killGroup()
    this.#finishAfterExit()
  }

  #killGroup(): Promise<boolean> {
    const { pid } = this.#child
    this.#killed ??= pid === undefined ? Promise.resolve(true) : killProcessGroup(pid)
    return this.#killed
  }

  readonly #abort = () => {
    this.#aborted = true
    void this.#endByForce()
  }

  #expire(): void {
    if (this.#exitCode !== undefined) return
    this.#timedOut = true
    void this.#endByForce()
  }

  async #endByForce(): Promise<void> {
    const dead = this.#exitCode === undefined ? await this.#killGroup() : true
    // A time-out still owes the output written before it; `close` comes once that is read.
    if (this.#aborted || !dead) this.#finishAfterExit()
  }

  #follow(kind: 'stdout' | 'stderr', stream: Readable | null): void {
    stream?.on('error', () => undefined)
    stream?.once('close', () => this.#oneClosed())
    stream?.on('data', (bytes: Buffer) => {
      if (kind === 'stderr' && !this.#started) this.#refusal += bytes.toString('latin1').slice(0, 500)
      this.#queue.push({ kind, bytes }, bytes.length)
      if (this.#drainTimer !== undefined) this.#armDrain()
      if (this.#queue.size > highWaterBytes) this.#pause()
    })
  }

  #pause(): void {
    this.#streams.stdout?.pause()
    this.#streams.stderr?.pause()
  }

  #resume(): void {
    this.#streams.stdout?.resume()
    this.#streams.stderr?.resume()
  }

  #markStarted(): void {
    this.#started = true
    this.#refusal = ''
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
    clearTimeout(this.#timer)
    this.#drainEndsAt = performance.now() + drainLimitMs
    this.#armDrain()
  }

  /** Background children may hold the output for ever; a reader that is behind gets all that was written. */
  #armDrain(): void {
    clearTimeout(this.#drainTimer)
    const remainingMs = this.#drainEndsAt - performance.now()
    this.#drainTimer = setTimeout(
      () => {
        if (this.#queue.size > 0 && remainingMs > 0) this.#armDrain()
        else if (this.#streams.stdout?.isPaused()) this.#armDrain()
        else void this.#closed()
      },
      Math.max(1, Math.min(drainQuietMs, remainingMs)),
    )
  }

  #oneClosed(): void {
    this.#open -= 1
    if (this.#open === 0) void this.#closed()
  }

  async #closed(): Promise<void> {
    if (this.#killed !== undefined) await this.#killed
    if (!this.#started && !this.#timedOut && !this.#aborted && this.#exitCode !== undefined) {
      return this.#finish({ error: await this.#options.explainRefusal(this.#exitCode, this.#refusal) })
    }
    this.#finishAfterExit()
  }

  #finishAfterExit(): void {
    if (this.#finished) return
    if (this.#aborted) {
      this.#finish({ error: aborted(this.#options.signal) })
      return
    }
    const exitCode = this.#timedOut ? 124 : (this.#exitCode ?? 128 + constants.signals.SIGKILL)
    this.#queue.push({ kind: 'exit', exitCode, timedOut: this.#timedOut }, 0)
    this.#finish()
  }

  #finish(failure?: { error: unknown }): void {
    if (this.#finished) return
    this.#finished = true
    clearTimeout(this.#timer)
    clearTimeout(this.#drainTimer)
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#queue.close(failure)
    for (const stream of [...this.#child.stdio, ...Object.values(this.#streams)]) stream?.destroy()
  }
}

export function aborted(signal: AbortSignal | undefined): AgentMachinesError {
  return new AgentMachinesError('EXEC_ABORTED', 'The command was stopped.', { cause: signal?.reason })
}

function commandEnded(cause?: unknown): AgentMachinesError {
  return new AgentMachinesError('EXEC_ABORTED', 'The command has ended; nothing reads its input.', { cause })
}
