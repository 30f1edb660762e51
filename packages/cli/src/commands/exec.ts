import { encodeBase64 } from '@agent-machines/client'
import { type ExecRequest, quoteAll } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import type { CliIo } from '../context/cli-io.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'

export interface ExecOptions extends OutputOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly timeout?: number
  /** False: standard input is not read. */
  readonly stdin?: boolean
}

/** Runs a command on a machine and gives back its exit code. */
export async function exec(
  { client, io }: CliContext,
  reference: string,
  words: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const machine = await findMachine(client, reference)
  const request = await requestOf(io, words, options)
  if (options.json) {
    const answer = await client.machines.exec(machine.id, request, { signal: io.signal })
    await printResult(io, options, answer, () => '')
    return answer.exitCode
  }
  for await (const event of client.machines.execStream(machine.id, request, { signal: io.signal })) {
    if (event.event === 'done') return event.exitCode
    if (event.event === 'output') await io[event.stream](event.bytes)
  }
  return 1
}

async function requestOf(io: CliIo, words: readonly string[], options: ExecOptions): Promise<ExecRequest> {
  const { cwd, env, timeout } = options
  const stdin = options.stdin === false || !io.stdin ? null : await readAll(io, io.stdin)
  return {
    command: commandOf(words),
    ...(stdin && stdin.length > 0 ? { stdinBase64: encodeBase64(stdin) } : {}),
    ...(cwd ? { cwd } : {}),
    ...(env ? { env } : {}),
    ...(timeout ? { timeoutMs: timeout } : {}),
  }
}

/** One word is a shell command as it stands; several are one program and its arguments. */
function commandOf(words: readonly string[]): string {
  const [only, ...rest] = words
  return only !== undefined && rest.length === 0 ? only : quoteAll(words)
}

async function readAll(io: CliIo, stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const reminder = setTimeout(() => {
    void printNote(io, 'Reading standard input until it ends; --no-stdin goes without.')
  }, 3000)
  try {
    const parts: Uint8Array[] = []
    for await (const part of stdin) parts.push(part)
    return Buffer.concat(parts)
  } finally {
    clearTimeout(reminder)
  }
}
