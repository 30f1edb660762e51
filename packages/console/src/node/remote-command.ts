import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import {
  AgentMachinesError,
  type Attachment,
  type ExecCommand,
  type ExecEvent,
  quote,
} from '@agent-machines/core'
import { endFrame, frames, reachedMark, scriptFrame } from './lifeline.ts'

/** How long the other side may take to end a command whose pipe was closed. */
const graceMs = 3000
const killedExitCode = 137
const timedOutExitCode = 124
const eventsAhead = 16

/** One command on the other side; while nobody reads its output, it waits. */
export class RemoteCommand implements Attachment {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #events = new PassThrough({ objectMode: true, highWaterMark: eventsAhead })
  readonly #ended: Promise<void>
  readonly #signal: AbortSignal | undefined
  /** What was said on standard error before the other side was reached; null from then on. */
  #before: string | null = ''
  #timedOut = false
  #isKilled = false

  constructor(argv: readonly string[], command: ExecCommand) {
    const [program = '', ...words] = argv
    this.#child = spawn(program, words, { stdio: 'pipe' })
    this.#signal = command.signal
    this.#child.stdin.on('error', () => {
      // The exit says what happened to whom was written to.
    })
    // A program that takes no input says why by its exit.
    this.#send(scriptFrame(preludeOf(command))).catch(() => undefined)
    this.#pipe('stdout')
    this.#pipe('stderr')
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => this.#fail(error.message))
      this.#child.on('close', (code) => {
        this.#finish(code)
        resolve()
      })
      this.#child.on('error', () => resolve())
    })
    this.#stopWith(command)
  }

  get output(): AsyncIterable<ExecEvent> {
    return this.#read()
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#child.stdin.writable) return Promise.reject(gone('The command has ended.'))
    return this.#send(frames(bytes))
  }

  async end(): Promise<void> {
    await this.#send([endFrame])
  }

  async close(): Promise<void> {
    this.#kill()
    await this.#ended
  }

  async *#read(): AsyncGenerator<ExecEvent> {
    try {
      yield* this.#events as AsyncIterable<ExecEvent>
    } finally {
      this.#kill()
    }
  }

  #send(parts: Iterable<Uint8Array>): Promise<void> {
    return new Promise((resolve, reject) => {
      const { stdin } = this.#child
      stdin.cork()
      for (const part of parts) stdin.write(part)
      stdin.write('', (error) => (error ? reject(gone(error.message)) : resolve()))
      stdin.uncork()
    })
  }

  #pipe(kind: 'stdout' | 'stderr'): void {
    const stream = this.#child[kind]
    stream.on('data', (bytes: Buffer) => {
      if (this.#isKilled) return
      const said = kind === 'stderr' ? this.#afterMark(bytes) : bytes
      if (said.length > 0 && !this.#events.write({ kind, bytes: said })) stream.pause()
    })
    this.#events.on('drain', () => stream.resume())
  }

  #afterMark(bytes: Buffer): Uint8Array {
    if (this.#before === null) return bytes
    this.#before += bytes.toString()
    const mark = this.#before.indexOf(reachedMark)
    if (mark === -1) return new Uint8Array()
    const after = this.#before.slice(mark + reachedMark.length)
    this.#before = null
    return new TextEncoder().encode(after)
  }

  #finish(code: number | null): void {
    if (this.#signal?.aborted) this.#events.destroy(new AgentMachinesError('EXEC_ABORTED'))
    else if (this.#before !== null && !this.#timedOut) this.#fail(this.#before.trim().slice(-300))
    else {
      const exitCode = this.#timedOut ? timedOutExitCode : (code ?? killedExitCode)
      this.#events.end({ kind: 'exit', exitCode, timedOut: this.#timedOut } satisfies ExecEvent)
    }
  }

  #fail(why: string): void {
    this.#events.destroy(gone(why === '' ? 'It ended without a word.' : why))
  }

  #stopWith({ timeoutMs, signal }: ExecCommand): void {
    const abort = () => this.#kill()
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#expire(), timeoutMs)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    void this.#ended.then(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    })
  }

  #expire(): void {
    this.#timedOut = true
    this.#kill()
  }

  /** The end of the pipe ends the other side; what runs here follows, if need be by force. */
  #kill(): void {
    if (this.#isKilled || this.#child.exitCode !== null) return
    this.#isKilled = true
    this.#child.stdin.destroy()
    this.#child.stdout.resume()
    this.#child.stderr.resume()
    const force = setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
    void this.#ended.then(() => clearTimeout(force))
  }
}

/** Evaluated by a shell of the command's own, so no value of its environment stands in an argument. */
function preludeOf({ script, cwd, env = {} }: ExecCommand): string {
  const place = cwd === undefined ? '"$HOME"' : quote(cwd)
  const values = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`)
  return `cd ${place} || exit\n${values.join('')}exec /bin/sh -c ${quote(script)}`
}

function gone(why: string): AgentMachinesError {
  return new AgentMachinesError('SUBSTRATE_TRANSIENT', `The host could not be reached: ${why}`)
}
