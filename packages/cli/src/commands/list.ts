import type { Machine } from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import { ago } from '../output/ago.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { toTable } from '../output/table.ts'

const header = ['NAME', 'ID', 'STATE', 'AGENT', 'RUNTIME', 'SUBSTRATE', 'ISOLATION', 'NETWORK', 'ACTIVE']

export async function list(
  { client, io }: CliContext,
  options: OutputOptions & { all?: boolean },
): Promise<void> {
  const include = options.all ? 'destroyed' : undefined
  const machines = await client.machines.listAll({ include, signal: io.signal })
  if (machines.length === 0 && !options.json) {
    await printNote(io, 'No machines yet. Deploy one with `am deploy --runtime shell --substrate local`.')
    return
  }
  await printResult(io, options, machines, () => toTable(header, machines.map(rowOf)))
}

function rowOf(machine: Machine): string[] {
  const { name, id, state, agent, runtime, substrate, isolation, network, lastActivityAt } = machine
  const active = ago(lastActivityAt, Date.now())
  return [name, id, state, agent?.state ?? '-', runtime, substrate, isolation, network, active]
}
