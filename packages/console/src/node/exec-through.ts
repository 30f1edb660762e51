import type { Exec, ExecCommand, ExecResult } from '@agent-machines/core'
import { lifelineLine, lifelineWords } from './lifeline.ts'
import { RemoteCommand } from './remote-command.ts'

const keptBytes = 1024 * 1024

/**
 * Runs commands through a program that takes one as its last words, such as `docker exec -i box`.
 *
 * The other side needs sh, dd and setsid. What runs there ends when its reader stops, and also when this
 * process or the program dies, as soon as the other side learns that its input has ended.
 */
export function execThrough(argv: readonly string[]): Required<Exec> {
  return execBy([...argv, ...lifelineWords])
}

/** The same through a program that hands one line to a POSIX shell on the other side, such as `ssh host`. */
export function execThroughShell(argv: readonly string[]): Required<Exec> {
  return execBy([...argv, lifelineLine])
}

function execBy(argv: readonly string[]): Required<Exec> {
  return {
    exec: (command) => runToEnd(argv, command),
    streamExec: (command) => started(argv, command).output,
    attach: async (command) => new RemoteCommand(argv, command),
  }
}

function started(argv: readonly string[], command: ExecCommand): RemoteCommand {
  const running = new RemoteCommand(argv, command)
  const input = async () => {
    if (command.stdin !== undefined) await running.write(command.stdin)
    await running.end()
  }
  // A command that ends before it took its input says so by its exit.
  input().catch(() => undefined)
  return running
}

async function runToEnd(argv: readonly string[], command: ExecCommand): Promise<ExecResult> {
  const limit = command.maxOutputBytes ?? keptBytes
  const kept = { stdout: new Kept(limit), stderr: new Kept(limit) }
  let exitCode = 0
  let timedOut = false
  for await (const event of started(argv, command).output) {
    if (event.kind === 'exit') ({ exitCode, timedOut } = event)
    else kept[event.kind].add(event.bytes)
  }
  const { stdout, stderr } = kept
  const truncated = stdout.truncated || stderr.truncated
  return { stdout: stdout.bytes, stderr: stderr.bytes, exitCode, timedOut, truncated }
}

class Kept {
  readonly #parts: Uint8Array[] = []
  #room: number
  truncated = false

  constructor(limit: number) {
    this.#room = limit
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts)
  }

  add(bytes: Uint8Array): void {
    const part = bytes.subarray(0, this.#room)
    this.truncated ||= part.length < bytes.length
    this.#room -= part.length
    if (part.length > 0) this.#parts.push(part)
  }
}
