import type { Client } from '@agent-machines/client'
import type { Machine } from '@agent-machines/core'
import { UsageError } from '../output/usage-error.ts'

/** The machine that `reference` means: an id, a name, or the beginning of exactly one of them. */
export async function findMachine(client: Client, reference: string): Promise<Machine> {
  if (reference === '') throw new UsageError('The ID is empty; it takes a name or the beginning of one.')
  const machines = await client.machines.listAll()
  const exact = machines.find((machine) => machine.id === reference || machine.name === reference)
  if (exact) return exact
  const matches = machines.filter(
    (machine) => machine.id.startsWith(reference) || machine.name.startsWith(reference),
  )
  const [only, ...others] = matches
  if (only && others.length === 0) return only
  if (only) {
    const names = matches.map((machine) => machine.name).join(', ')
    throw new UsageError(`"${reference}" fits more than one machine: ${names}.`)
  }
  return client.machines.get(reference)
}
