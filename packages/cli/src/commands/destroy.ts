import type { Machine } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'
import { waitForState } from './wait-for-state.ts'

/** Resolves when nothing is left of the machine. */
export async function destroy(
  context: CliContext,
  reference: string,
  options: OutputOptions & { yes?: boolean },
): Promise<void> {
  const machine = await findMachine(context.client, reference)
  if (!options.yes) {
    throw new UsageError(`This deletes ${machine.name} and every file on it. Say --yes if you mean it.`)
  }
  await destroyWhole(context, machine)
  const { io } = context
  await printResult(io, options, { id: machine.id, state: 'destroyed' }, () => `${machine.name} destroyed`)
}

export async function destroyWhole({ client, io }: CliContext, machine: Machine): Promise<void> {
  const { gone } = await client.machines.destroy(machine.id, { signal: io.signal })
  if (gone) return
  await printNote(io, `Destroying ${machine.name} goes on …`)
  await waitForState(client, machine.id, ['destroyed'], { signal: io.signal })
}
