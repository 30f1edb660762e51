import { encodeBase64 } from '@agent-machines/client'
import { type ExecRequest, quoteAll } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import type { CliIo } from '../context/cli-io.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { isLate } from './is-late.ts'

export interface ExecOptions extends OutputOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly timeout?: number
  /** False: standard input is not read. True: it is waited for. Otherwise it is read unless it is silent. */
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
  const stdin = options.stdin === false || !io.stdin ? null : await readInput(io, io.stdin, options.stdin)
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

const silentMs = 1000
const reminderMs = 3000

/** All of it; null where it is left open by whoever started us and nothing comes, as programs and job runners do. */
async function readInput(
  io: CliIo,
  stdin: AsyncIterable<Uint8Array>,
  isWanted: true | undefined,
): Promise<Uint8Array | null> {
  const input = stdin[Symbol.asyncIterator]()
  const first = input.next()
  if (!isWanted && (await isLate(first, silentMs))) {
    await printNote(io, 'Standard input is open and silent. The command goes without; --stdin waits for it.')
    return null
  }
  const reminder = setTimeout(() => {
    void printNote(io, 'Reading standard input until it ends; --no-stdin goes without.')
  }, reminderMs)
  try {
    const parts: Uint8Array[] = []
    for (let part = await first; !part.done; part = await input.next()) parts.push(part.value)
    return Buffer.concat(parts)
  } finally {
    clearTimeout(reminder)
  }
}
