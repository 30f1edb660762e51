import { posix } from 'node:path'
import {
  type AgentMachinesError,
  type Attachment,
  type ExecCommand,
  type ExecEvent,
  type ExecResult,
  quote,
} from '@agent-machines/core'
import { aborted, CommandRun } from './command-run.ts'
import { machineTokenOf } from './data-layout.ts'
import { machineAsleep, machineGone, toLocalError } from './local-errors.ts'
import type { LocalHost } from './local-host.ts'
import { joinFilesOf } from './machine-cgroups.ts'
import type { MachineLifecycle } from './machine-lifecycle.ts'
import type { MachineRecord } from './machine-record.ts'
import { machineHome } from './sandbox-arguments.ts'
import { type EntryTarget, entryFor, wordsFor } from './sandbox-entry.ts'

const defaultOutputBytes = 1024 * 1024

/** Runs commands on machines, each in a process group of its own. */
export class MachineCommands {
  readonly #host: LocalHost
  readonly #lifecycle: MachineLifecycle
  readonly #notEntered = new WeakSet<Error>()

  constructor(host: LocalHost, lifecycle: MachineLifecycle) {
    this.#host = host
    this.#lifecycle = lifecycle
  }

  async exec(machineId: string, command: ExecCommand): Promise<ExecResult> {
    const limit = command.maxOutputBytes ?? defaultOutputBytes
    const kept = { stdout: new KeptOutput(limit), stderr: new KeptOutput(limit) }
    for await (const event of this.stream(machineId, command)) {
      if (event.kind !== 'exit') {
        kept[event.kind].add(event.bytes)
        continue
      }
      return {
        stdout: kept.stdout.bytes(),
        stderr: kept.stderr.bytes(),
        exitCode: event.exitCode,
        timedOut: event.timedOut,
        truncated: kept.stdout.truncated || kept.stderr.truncated,
      }
    }
    throw toLocalError(undefined, 'follow the command to its end')
  }

  async *stream(machineId: string, command: ExecCommand): AsyncGenerator<ExecEvent, void, undefined> {
    for (let isAgain = false; ; isAgain = true) {
      const run = await this.#start(machineId, command, command.stdin === undefined ? 'none' : 'open')
      if (command.stdin !== undefined) void feed(run, command.stdin)
      try {
        return yield* run.events()
      } catch (error) {
        // The shell that had entered ahead may have been ended meanwhile: nothing of the command was begun.
        if (isAgain || !this.#notEntered.has(error as Error)) throw error
      }
    }
  }

  async attach(machineId: string, command: Omit<ExecCommand, 'stdin'>): Promise<Attachment> {
    const run = await this.#start(machineId, command, 'open')
    return {
      output: run.events(),
      write: (bytes) => run.write(bytes),
      end: () => run.end(),
      close: () => run.kill(),
    }
  }

  async #start(machineId: string, command: ExecCommand, stdin: 'none' | 'open'): Promise<CommandRun> {
    const { signal, timeoutMs } = command
    if (signal?.aborted) throw aborted(signal)
    const seen = await this.#lifecycle.see(machineId)
    if (seen === undefined) throw machineGone(machineId)
    if (seen.state !== 'running') throw machineAsleep(machineId)
    const target = await this.#target(seen.record)
    const words = wordsFor(target, { ...command, stdin })
    const shell = await this.#host.waitingShells.take(machineId, entryFor(target))
    if (signal?.aborted) {
      await shell.dismiss()
      throw aborted(signal)
    }
    const run = new CommandRun(shell, {
      words,
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      explainRefusal: (exitCode) => this.#explain(machineId, exitCode),
    })
    if (stdin === 'none') void run.end()
    return run
  }

  async #target(record: MachineRecord): Promise<EntryTarget> {
    const { layout } = this.#host
    const sandbox =
      record.isolation === 'namespaces' && record.sandbox !== null
        ? {
            initPid: record.sandbox.initPid,
            token: machineTokenOf(layout, record.machineId),
            nsenter: await this.#host.tool('nsenter'),
          }
        : null
    return {
      joins: joinFilesOf(record.cgroups),
      uid: record.uid,
      sandbox,
      home: sandbox !== null ? machineHome : layout.machine(record.machineId).home,
      env: record.env,
      setpriv: await this.#host.tool('setpriv'),
    }
  }

  async #explain(machineId: string, exitCode: number): Promise<AgentMachinesError> {
    const seen = await this.#lifecycle.see(machineId)
    if (seen === undefined) return machineGone(machineId)
    if (seen.state !== 'running') return machineAsleep(machineId)
    const refusal = toLocalError(new Error(`entry ended with ${exitCode}`), 'enter the machine')
    this.#notEntered.add(refusal)
    return refusal
  }
}

/** The shell command that replaces a file in one step with what it reads. */
export function writeFileScript(home: string, path: string, mode: number): string {
  const target = posix.resolve(home, path)
  const folder = posix.dirname(target)
  const temporary = '"$folder/.am-write-$$"'
  return [
    'set -e',
    `folder=${quote(folder)}`,
    'mkdir -p -- "$folder"',
    `trap ${quote(`rm -f -- ${temporary}`)} EXIT`,
    `(umask 077; cat >${temporary})`,
    `chmod ${mode.toString(8)} ${temporary}`,
    `mv -fT -- ${temporary} ${quote(target)}`,
  ].join('\n')
}

/** Input that the command does not read to its end is no error: it may have ended. */
async function feed(run: CommandRun, bytes: Uint8Array): Promise<void> {
  await run.write(bytes).catch(() => undefined)
  await run.end()
}

class KeptOutput {
  readonly #parts: Uint8Array[] = []
  #left: number
  truncated = false

  constructor(limit: number) {
    this.#left = limit
  }

  add(bytes: Uint8Array): void {
    if (bytes.length > this.#left) this.truncated = true
    const part = bytes.subarray(0, this.#left)
    this.#left -= part.length
    if (part.length > 0) this.#parts.push(part)
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}
