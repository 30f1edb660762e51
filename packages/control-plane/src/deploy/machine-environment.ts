import { AgentMachinesError } from '@agent-machines/core'
import type { MachineRow } from '../store/machine-store.ts'
import type { Vault } from '../store/secrets/vault.ts'

/** The environment a machine was given, out of the vault. */
export async function openMachineEnvironment(
  vault: Pick<Vault, 'open'>,
  row: Pick<MachineRow, 'id' | 'workspace' | 'env'>,
): Promise<Record<string, string>> {
  if (row.env === null) return {}
  const text = await vault.open({ workspace: row.workspace, kind: 'machine-env', name: row.id }, row.env)
  const env: unknown = JSON.parse(text)
  if (typeof env === 'object' && env !== null) return env as Record<string, string>
  throw new AgentMachinesError('INTERNAL', `The environment of machine ${row.id} cannot be read.`)
}
