import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'
import { notReached, waitForState } from './wait-for-state.ts'

const goals = { wake: 'ready', sleep: 'asleep' } as const

/** Resolves once the machine is awake, or asleep; `noWait` only asks for it. */
export async function wakeOrSleep(
  action: 'wake' | 'sleep',
  { client, io }: CliContext,
  reference: string,
  options: OutputOptions & { wait?: boolean },
): Promise<void> {
  const { id } = await findMachine(client, reference)
  const asked = await client.machines[action](id, { signal: io.signal })
  const goal = goals[action]
  const machine =
    options.wait === false
      ? asked
      : await waitForState(client, id, [goal, 'failed', 'destroyed'], {
          signal: io.signal,
          timeoutMs: 180_000,
        })
  if (options.wait !== false && machine.state !== goal) throw notReached(machine)
  await printResult(io, options, machine, () => `${machine.name} ${machine.state}`)
}
