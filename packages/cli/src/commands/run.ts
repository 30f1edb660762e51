import type { Client } from '@agent-machines/client'
import {
  type CreateRunInput,
  describeRunEvent,
  describeRunUsage,
  latestSession,
  type Machine,
  type Run,
  type RunOrigin,
  type RunOutcome,
  type StoredRunEvent,
} from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import type { CliIo } from '../context/cli-io.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'

export interface RunOptions extends OutputOptions {
  readonly origin?: RunOrigin
  readonly model?: string
  readonly session?: string
  readonly allowAll?: boolean
  readonly timeout?: number
  readonly budget?: number
  readonly idempotencyKey?: string
  readonly detach?: boolean
}

const exitCodes: Readonly<Record<RunOutcome, number>> = {
  done: 0,
  failed: 1,
  'limit-reached': 3,
  'budget-reached': 4,
  'timed-out': 124,
  cancelled: 130,
}

/** How long a run may take to end once it was asked to. */
const cancelWithinMs = 20_000

/** Gives the agent a task, tells what it does and gives back an exit code by how it ended. */
export async function run(
  { client, io }: CliContext,
  reference: string,
  task: string,
  options: RunOptions,
): Promise<number> {
  const machine = await findMachine(client, reference)
  const request = await requestOf(io, task, options)
  const { idempotencyKey } = options
  const started = await client.runs.create(machine.id, request, {
    signal: io.signal,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  })
  if (options.detach) {
    await printResult(io, options, started, () => started.id)
    return 0
  }
  return follow(client, io, machine, started, options)
}

export interface ChatOptions extends Pick<RunOptions, 'json' | 'session' | 'allowAll' | 'timeout'> {
  readonly new?: boolean
}

/** As a run, in the last conversation unless told. */
export async function chat(
  context: CliContext,
  reference: string,
  message: string,
  { new: isNew, session, ...options }: ChatOptions,
): Promise<number> {
  if (isNew && session !== undefined) throw new UsageError('--new and --session exclude each other.')
  const where = isNew ? {} : { session: session ?? latestSession }
  return run(context, reference, message, { ...options, ...where, origin: 'chat' })
}

async function follow(
  client: Client,
  io: CliIo,
  machine: Machine,
  { id }: Run,
  options: OutputOptions,
): Promise<number> {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const cancel = () => {
    timer = setTimeout(() => late.abort(), cancelWithinMs)
    client.runs.cancel(machine.id, id).catch((error) => late.abort(error))
  }
  if (io.signal.aborted) cancel()
  io.signal.addEventListener('abort', cancel)
  try {
    for await (const event of client.runs.stream(machine.id, id, { signal: late.signal })) {
      await show(event, io, options)
      if (event.event === 'end') return exitCodes[event.data.state]
    }
    return 1
  } finally {
    clearTimeout(timer)
    io.signal.removeEventListener('abort', cancel)
  }
}

async function show(event: StoredRunEvent, io: CliIo, { json }: OutputOptions): Promise<void> {
  if (json) return io.stdout(`${JSON.stringify(event)}\n`)
  if (event.event === 'message' && event.data.parent === undefined) return io.stdout(`${event.data.text}\n`)
  const words = event.event === 'usage' ? describeRunUsage(event.data) : describeRunEvent(event)
  if (words !== null) await printNote(io, words)
}

async function requestOf(io: CliIo, task: string, options: RunOptions): Promise<CreateRunInput> {
  const { origin, model, session, allowAll, timeout, budget } = options
  return {
    task: task === '-' ? await readTask(io) : task,
    ...(origin === undefined ? {} : { origin }),
    ...(model === undefined ? {} : { model }),
    ...(session === undefined ? {} : { session }),
    ...(allowAll ? { permissions: 'all' } : {}),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(budget === undefined ? {} : { budgetUsd: budget }),
  }
}

async function readTask(io: CliIo): Promise<string> {
  if (!io.stdin) throw new UsageError('`-` reads the task from standard input, which is a terminal.')
  const parts: Uint8Array[] = []
  for await (const part of io.stdin) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
