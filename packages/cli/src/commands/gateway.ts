import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'

/** Starts a machine's chat gateway or ends it; `am status` says what it does. */
export async function gateway(
  context: CliContext,
  reference: string,
  wanted: string,
  options: OutputOptions,
): Promise<void> {
  if (wanted !== 'on' && wanted !== 'off') throw new UsageError(`"${wanted}" is neither on nor off.`)
  const { client, io } = context
  const { id } = await findMachine(client, reference)
  const machine = await client.machines.patch(id, { gateway: wanted === 'on' }, { signal: io.signal })
  await printResult(
    io,
    options,
    machine,
    () => `${machine.name} ${machine.gateway?.state ?? 'has no gateway'}`,
  )
}
