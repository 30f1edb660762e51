import type { Run } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { ago } from '../output/ago.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { toTable } from '../output/table.ts'

const header = ['ID', 'STATE', 'STARTED', 'COST', 'TASK']

/** Lists the latest runs of a machine. */
export async function runs(
  { client, io }: CliContext,
  reference: string,
  options: OutputOptions,
): Promise<void> {
  const machine = await findMachine(client, reference)
  const { items } = await client.runs.list(machine.id, { signal: io.signal })
  if (items.length === 0 && !options.json) return printNote(io, 'No runs yet. Start one with `am run`.')
  await printResult(io, options, items, () => toTable(header, items.map(rowOf)))
}

/** Ends a run and everything it started. */
export async function cancelRun(
  { client, io }: CliContext,
  reference: string,
  runId: string,
  options: OutputOptions,
): Promise<void> {
  const machine = await findMachine(client, reference)
  const run = await client.runs.cancel(machine.id, runId, { signal: io.signal })
  await printResult(io, options, run, () => '')
}

function rowOf({ id, state, createdAt, usage, task }: Run): string[] {
  const cost = usage?.costUsd == null ? '-' : `$${usage.costUsd.toFixed(4)}`
  return [id, state, ago(createdAt, Date.now()), cost, task.split('\n')[0]?.slice(0, 60) ?? '']
}
