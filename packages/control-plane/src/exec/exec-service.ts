import type { ExecAnswer, ExecCommand, ExecEvent, ExecRequest } from '@agent-machines/core'
import type { MachineAccess } from '../fleet/machine-access.ts'

export type OutputEncoding = 'utf8' | 'base64'

/** One-shot commands on machines that are awake. */
export class ExecService {
  readonly #machines: MachineAccess

  constructor(machines: MachineAccess) {
    this.#machines = machines
  }

  async run(
    machineId: string,
    request: ExecRequest,
    encoding: OutputEncoding,
    signal: AbortSignal,
  ): Promise<ExecAnswer> {
    const exec = await this.#machines.execOf(machineId)
    const startedAt = performance.now()
    const result = await exec.exec(toCommand(request, signal))
    return {
      stdout: encode(result.stdout, encoding),
      stderr: encode(result.stderr, encoding),
      exitCode: result.exitCode,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      ...(result.truncated ? { truncated: true } : {}),
      ...(result.timedOut ? { timedOut: true } : {}),
    }
  }

  /** Fails before the first event when the machine can't run commands; ends the command with the reader. */
  async follow(
    machineId: string,
    request: ExecRequest,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ExecEvent>> {
    const exec = await this.#machines.execOf(machineId)
    return exec.streamExec(toCommand(request, signal))
  }
}

function toCommand(request: ExecRequest, signal: AbortSignal): ExecCommand {
  const stdin =
    request.stdinBase64 !== undefined
      ? Uint8Array.from(Buffer.from(request.stdinBase64, 'base64'))
      : request.stdin !== undefined
        ? new TextEncoder().encode(request.stdin)
        : undefined
  return {
    script: request.command,
    signal,
    ...(stdin ? { stdin } : {}),
    ...(request.cwd !== undefined ? { cwd: request.cwd } : {}),
    ...(request.env ? { env: request.env } : {}),
    ...(request.timeoutMs !== undefined ? { timeoutMs: request.timeoutMs } : {}),
  }
}

/** A byte order mark is output like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function encode(bytes: Uint8Array, encoding: OutputEncoding): string {
  return encoding === 'base64' ? Buffer.from(bytes).toString('base64') : decoder.decode(bytes)
}
