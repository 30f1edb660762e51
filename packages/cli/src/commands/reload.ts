import { latestVersion } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'
import { followBootstrap } from './follow-bootstrap.ts'
import { notReached, waitForState } from './wait-for-state.ts'

export interface ReloadOptions extends OutputOptions {
  /** True for the newest version. */
  readonly runtime?: string | boolean | undefined
  readonly wait?: boolean | undefined
}

/** Sets a machine up anew, showing the phases; resolves once it is ready. `wait: false` only asks for it. */
export async function reload(context: CliContext, reference: string, options: ReloadOptions): Promise<void> {
  const { client, io } = context
  const { id } = await findMachine(client, reference)
  const { runtime } = options
  const runtimeVersion = runtime === true ? latestVersion : runtime || undefined
  const asked = await client.machines.reload(id, { runtimeVersion }, { signal: io.signal })
  if (options.wait === false) return printResult(io, options, asked, () => `${asked.name} ${asked.state}`)
  await followBootstrap(context, id)
  const machine = await waitForState(client, id, ['ready', 'asleep', 'failed', 'destroyed'], {
    signal: io.signal,
    timeoutMs: 60_000,
  })
  if (machine.state === 'failed' || machine.state === 'destroyed') throw notReached(machine)
  const version = machine.runtimeVersion ? ` ${machine.runtimeVersion}` : ''
  await printResult(
    io,
    options,
    machine,
    () => `${machine.name} ${machine.state}, ${machine.runtime}${version}`,
  )
}
