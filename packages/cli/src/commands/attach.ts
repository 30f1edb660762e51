import { isAgentMachinesError } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import { type AttachOutcome, attachSession } from '../attach/attach-session.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'

export interface AttachCommandOptions extends OutputOptions {
  readonly session?: string
  readonly watch?: boolean
  /** Starts the agent when it does not run. */
  readonly launch?: boolean
}

const endings: Readonly<Record<Exclude<AttachOutcome['reason'], 'stopped'>, string>> = {
  detached: 'Detached; what runs there goes on.',
  closed: 'Detached; what runs there goes on.',
  limit: 'The connection reached its time limit.',
  asleep: 'The machine is asleep; `am wake` wakes it.',
  exited: 'Nothing runs in this console any more.',
  destroyed: 'The machine was destroyed.',
  replaced: 'Another connection took this one’s place.',
  refused: 'The console refused the connection.',
}
const orderly = new Set<AttachOutcome['reason']>(['detached', 'closed', 'exited'])

/** The console of a machine in the local terminal; gives back the exit code. */
export async function attach(
  context: CliContext,
  reference: string,
  options: AttachCommandOptions,
): Promise<number> {
  const { client, io } = context
  if (!io.terminal) throw new UsageError('This needs a terminal. Without one use `am exec`.')
  const machine = await findMachine(client, reference)
  await printNote(io, `Attaching to ${machine.name}. Ctrl-] detaches.`)
  const outcome = await attachSession(
    io.terminal,
    {
      api: client.console,
      machineId: machine.id,
      session: options.session ?? 'agent',
      label: 'am attach',
      watch: options.watch ?? false,
      launch: options.launch ?? false,
      createSocket: await context.createSocket(),
    },
    io.signal,
  )
  if (isAgentMachinesError(outcome.error)) throw outcome.error
  if (outcome.reason === 'stopped') throw io.signal.reason
  // A console ends in the same way for a machine that failed, which cannot be woken.
  const now = outcome.reason === 'asleep' ? await client.machines.get(machine.id) : null
  const hasFailed = now?.state === 'failed'
  await printNote(io, hasFailed ? 'The machine failed; `am status` says why.' : endings[outcome.reason])
  await printResult(io, options, { reason: outcome.reason }, () => '')
  return orderly.has(outcome.reason) ? 0 : 1
}
