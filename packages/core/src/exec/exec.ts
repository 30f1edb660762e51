/** One command on a machine, run by `/bin/sh -c` without a login shell. */
export interface ExecCommand {
  readonly script: string
  readonly stdin?: Uint8Array
  /** Defaults to the machine's home. */
  readonly cwd?: string
  /** Added to the machine's own environment; never visible in a process list. */
  readonly env?: Readonly<Record<string, string>>
  /** After this the process group is killed and the exit code is 124. None for streams unless given. */
  readonly timeoutMs?: number
  /** Aborting kills the process group on the machine and rejects with `EXEC_ABORTED`. */
  readonly signal?: AbortSignal
  /** Bytes kept of each stream; the rest is read and dropped. Default 1 MiB. */
  readonly maxOutputBytes?: number
}

export interface ExecResult {
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly exitCode: number
  readonly timedOut: boolean
  readonly truncated: boolean
}

export type ExecEvent =
  | { readonly kind: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  /** Exactly one, last. */
  | { readonly kind: 'exit'; readonly exitCode: number; readonly timedOut: boolean }

/** A running command whose input stays open. */
export interface Attachment {
  /** Ends with one `exit`. Stopping the iteration kills the process group. */
  readonly output: AsyncIterable<ExecEvent>
  /** Resolves when the bytes were handed to the substrate; rejects once the command is gone. */
  write(bytes: Uint8Array): Promise<void>
  /** Signals end of input. */
  end(): Promise<void>
  /** Kills the process group on the machine; harmless when it already ended. */
  close(): Promise<void>
}

/**
 * All that the console and the bootstrap need of a machine.
 *
 * Nothing here is retried below: a command runs at most once per call.
 */
export interface Exec {
  exec(command: ExecCommand): Promise<ExecResult>
  /** When the reader stops or the signal aborts, the process group on the machine is killed. */
  streamExec(command: ExecCommand): AsyncIterable<ExecEvent>
  /** Absent where the substrate has no bidirectional stream. */
  readonly attach?: (command: Omit<ExecCommand, 'stdin'>) => Promise<Attachment>
}
