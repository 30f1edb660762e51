import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type CommandPipes, closeTheirs, discard } from './command-pipes.ts'
import { toLocalError } from './local-errors.ts'
import { killProcessGroup } from './process-group.ts'
import { commandDescriptor, type Entry } from './sandbox-entry.ts'

/** A shell that has entered, or is about to, and waits to be told its one command. */
export class WaitingShell {
  readonly child: ChildProcess
  readonly streams: {
    readonly stdin: Writable | null
    readonly stdout: Readable | null
    readonly stderr: Readable | null
  }

  /** `pipes`: what its command reads and writes; null leaves it to socket pairs, which it cannot open by name. */
  constructor(entry: Entry, stdin: 'none' | 'open', pipes: CommandPipes | null) {
    const [program, ...rest] = entry.argv
    const unnamed = [stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const
    try {
      const stdio = [...(pipes?.theirs ?? unnamed), 'pipe' as const, 'pipe' as const]
      this.child = spawn(program, rest, { cwd: '/', env: entry.env, detached: true, stdio })
      if (pipes !== null) closeTheirs(pipes)
    } catch (error) {
      if (pipes !== null) discard(pipes)
      throw toLocalError(error, 'start a command')
    }
    const { stdin: input, stdout, stderr } = pipes ?? this.child
    this.streams = { stdin: input, stdout, stderr }
    this.#command.on('error', () => undefined)
  }

  /** False once it has ended or could not be started. */
  get isThere(): boolean {
    const { pid, exitCode, signalCode } = this.child
    return pid !== undefined && exitCode === null && signalCode === null
  }

  tell(words: string): void {
    this.#command.end(words)
  }

  /** Whether this process stays for its sake. */
  hold(isHeld: boolean): void {
    for (const each of [this.child, ...this.child.stdio, ...Object.values(this.streams)]) {
      const held = each as Pick<Socket, 'ref' | 'unref'> | null | undefined
      if (isHeld) held?.ref()
      else held?.unref()
    }
  }

  /** Ends it without a command. */
  async dismiss(): Promise<void> {
    if (this.child.pid !== undefined) await killProcessGroup(this.child.pid)
    for (const stream of [...this.child.stdio, ...Object.values(this.streams)]) stream?.destroy()
  }

  get #command(): Writable {
    return this.child.stdio[commandDescriptor] as Writable
  }
}
