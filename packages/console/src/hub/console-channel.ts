import {
  AgentMachinesError,
  type Attachment,
  type Exec,
  type ExecEvent,
  isAgentMachinesError,
} from '@agent-machines/core'
import { concatBytes, toBytes, toText } from '../protocol/bytes.ts'
import type { Timers } from './timers.ts'
import { workerCommand } from './worker-commands.ts'

/** What the worker says before the log: which log follows and from where. */
export interface ChannelHeader {
  readonly epoch: string
  readonly log: string
  readonly base: number
  readonly start: number
  readonly modes: string
}

export interface ChannelEvents {
  /** Where to go on; null when nothing was read yet. */
  place(): { log: string; offset: number } | null
  size(): { cols: number; rows: number }
  opened(header: ChannelHeader): void
  received(bytes: Uint8Array): void
  closed(): void
  /** What is in the way and stays there; null when it is not any more. */
  trouble(error: AgentMachinesError | null): void
  /** The machine is not there to be asked again. */
  gone(error: AgentMachinesError): void
}

interface Options {
  readonly exec: Exec
  readonly session: string
  readonly timers: Timers
  readonly log: (message: string, details: Record<string, unknown>) => void
}

const firstPauseMs = 25
const longestPauseMs = 5000
/** For how long failures are taken for passing ones. */
const patienceMs = 3000
/** How the console's program says that nothing can be written. */
const noSpaceExitCode = 28

/** The one attachment of an instance to a console, opened again whenever it ends. */
export class ConsoleChannel {
  readonly #options: Options
  readonly #events: ChannelEvents
  #attachment: Attachment | null = null
  #running = false
  #stopped = false
  #stood = false
  #wake: (() => void) | null = null

  constructor(options: Options, events: ChannelEvents) {
    this.#options = options
    this.#events = events
  }

  start(): void {
    if (this.#running || this.#stopped) {
      this.#wake?.()
      return
    }
    this.#running = true
    void this.#run().finally(() => {
      this.#running = false
    })
  }

  /** To be called when the console answered over the attachment there is. */
  stands(): void {
    this.#stood = true
    this.#events.trouble(null)
  }

  /** Hands lines to the worker in order; false when there is no attachment to hand them to. */
  write(lines: readonly string[]): boolean {
    const attachment = this.#attachment
    if (attachment === null) return false
    attachment.write(toBytes(`${lines.join('\n')}\n`)).catch(() => attachment.close())
    return true
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#attachment?.close()
  }

  async #run(): Promise<void> {
    let pauseMs = firstPauseMs
    let failingSince: number | null = null
    while (!this.#stopped) {
      this.#stood = false
      const cause = await this.#follow().catch((error: unknown) => error)
      if (isGone(cause)) {
        this.#events.gone(cause)
        return
      }
      if (cause !== undefined) this.#options.log('console channel failed', { error: String(cause) })
      if (this.#stopped) return
      const now = this.#options.timers.now()
      if (this.#stood) {
        pauseMs = firstPauseMs
        failingSince = now
      }
      failingSince ??= now
      this.#tell(cause, now - failingSince)
      await this.#pause(pauseMs)
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    }
  }

  #tell(cause: unknown, failingMs: number): void {
    const known = isAgentMachinesError(cause) ? cause : null
    if (known?.code === 'SUBSTRATE_QUOTA') this.#events.trouble(known)
    else if (failingMs >= patienceMs) this.#events.trouble(known ?? endsAgainAndAgain())
  }

  /** Follows the console to the end of the attachment, after bringing it up if need be. */
  async #follow(): Promise<void> {
    if ((await this.#attach()) || this.#stopped) return
    const { cols, rows } = this.#events.size()
    await this.run('ensure', this.#options.session, cols, rows)
    await this.#attach()
  }

  async #attach(): Promise<boolean> {
    const { exec, session } = this.#options
    if (exec.attach === undefined) {
      throw new AgentMachinesError('CAPABILITY_UNSUPPORTED', 'This substrate has no bidirectional stream.')
    }
    const place = this.#events.place()
    const script = workerCommand('channel', session, place?.log ?? '-', place?.offset ?? -1)
    const attachment = await exec.attach({ script })
    if (this.#stopped) {
      await attachment.close()
      return false
    }
    try {
      return await this.#read(attachment)
    } finally {
      this.#attachment = null
      this.#events.closed()
      await attachment.close()
    }
  }

  async #read(attachment: Attachment): Promise<boolean> {
    let head: Uint8Array[] | null = []
    for await (const event of attachment.output as AsyncIterable<ExecEvent>) {
      if (event.kind === 'exit') break
      if (event.kind === 'stderr') this.#options.log('console channel says', { text: toText(event.bytes) })
      else if (head === null) this.#events.received(event.bytes)
      else {
        head.push(event.bytes)
        const whole = concatBytes(head)
        const end = whole.indexOf(0x0a)
        if (end === -1) continue
        head = null
        this.#attachment = attachment
        this.#events.opened(parseHeader(toText(whole.subarray(0, end))))
        if (end + 1 < whole.length) this.#events.received(whole.subarray(end + 1))
      }
    }
    return head === null
  }

  /** Runs the console's program once and waits. */
  async run(...words: readonly (string | number)[]): Promise<void> {
    const result = await this.#options.exec.exec({ script: workerCommand(...words), timeoutMs: 30_000 })
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
      const stop = this.#options.timers.after(ms, done)
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

function isGone(error: unknown): error is AgentMachinesError {
  const codes = [
    'MACHINE_ASLEEP',
    'MACHINE_DESTROYED',
    'MACHINE_UNKNOWN',
    'SUBSTRATE_NOT_FOUND',
    'CAPABILITY_UNSUPPORTED',
  ]
  return isAgentMachinesError(error) && codes.includes(error.code)
}

function parseHeader(line: string): ChannelHeader {
  const [tag, epoch = '', log = '', base = '', start = '', modes = ''] = line.split('|')
  if (tag !== 'am:channel')
    throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console did not answer as it should.')
  return { epoch, log, base: Number(base), start: Number(start), modes }
}
