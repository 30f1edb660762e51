import { isAgentMachinesError, type Machine } from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'
import { destroyWhole } from './destroy.ts'
import { notReached, waitForState } from './wait-for-state.ts'

export interface DownOptions extends OutputOptions {
  readonly destroy?: boolean
  readonly yes?: boolean
}

interface Outcome {
  readonly id: string
  readonly name: string
  readonly outcome: 'asleep' | 'destroyed' | 'cannot-sleep' | 'failed'
  readonly detail?: string
}

const settingUp = new Set<Machine['state']>(['provisioning', 'bootstrapping', 'waking'])
const awake = new Set<Machine['state']>([...settingUp, 'ready', 'unknown'])

/** Puts every machine to sleep, or removes them all; gives back the exit code. */
export async function down(context: CliContext, options: DownOptions): Promise<number> {
  const { client, io } = context
  if (options.destroy && !options.yes) {
    throw new UsageError('This deletes every machine and every file on them. Say --yes if you mean it.')
  }
  const machines = await client.machines.listAll({ signal: io.signal })
  const affected = options.destroy ? machines : machines.filter((machine) => awake.has(machine.state))
  const outcomes: Outcome[] = []
  for (const machine of affected) {
    const outcome = await settle(context, machine, options.destroy === true)
    outcomes.push(outcome)
    await printNote(io, `${outcome.name}: ${outcome.detail ?? outcome.outcome}`)
  }
  if (affected.length === 0)
    await printNote(io, options.destroy ? 'There is no machine.' : 'No machine is awake.')
  await printResult(io, options, outcomes, () => '')
  return outcomes.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

async function settle(context: CliContext, machine: Machine, remove: boolean): Promise<Outcome> {
  const { id, name } = machine
  try {
    if (remove) {
      await destroyWhole(context, machine)
      return { id, name, outcome: 'destroyed' }
    }
    if (!machine.capabilities.sleep) {
      const detail = `keeps running: ${machine.substrate} cannot put it to sleep here`
      return { id, name, outcome: 'cannot-sleep', detail }
    }
    const { signal } = context.io
    if (settingUp.has(machine.state)) {
      await printNote(context.io, `${name}: waiting until it is set up`)
      const reached = await waitForState(context.client, id, ['ready', 'unknown', 'asleep', 'failed'], {
        signal,
      })
      if (reached.state === 'failed') throw notReached(reached)
    }
    await context.client.machines.sleep(id, { signal })
    await waitForState(context.client, id, ['asleep'], { signal, timeoutMs: 60_000 })
    return { id, name, outcome: 'asleep' }
  } catch (error) {
    if (!isAgentMachinesError(error)) throw error
    return { id, name, outcome: 'failed', detail: `${error.entry.title} ${error.message}` }
  }
}
