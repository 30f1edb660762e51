import { isAgentMachinesError } from '@agent-machines/core'
import type { MachineRow, MachineStore } from '../store/machine-store.ts'
import type { BootstrapService } from './bootstrap-service.ts'

export interface OutdatedMachinesOptions {
  readonly machines: Pick<MachineStore, 'listInStates' | 'setUpAgain'>
  readonly bootstraps: Pick<BootstrapService, 'modelAccessOf'>
}

/**
 * Has the machines set up again that were set up with another address, key or protocol than they would get by now, as
 * after a credential was saved, or changed in the environment between two starts. One whose credential is gone keeps
 * what it has.
 */
export async function setUpOutdated({ machines, bootstraps }: OutdatedMachinesOptions): Promise<void> {
  const found = await machines.listInStates(['ready', 'asleep', 'waking', 'bootstrapping'])
  const areOutdated = await Promise.all(found.map((row) => isOutdated(row, bootstraps)))
  for (const [index, { id }] of found.entries()) {
    if (areOutdated[index]) await machines.setUpAgain(id)
  }
}

async function isOutdated(
  row: MachineRow,
  bootstraps: OutdatedMachinesOptions['bootstraps'],
): Promise<boolean> {
  try {
    return row.modelAccess !== (await bootstraps.modelAccessOf(row))
  } catch (error) {
    if (isAgentMachinesError(error)) return false
    throw error
  }
}
