import { machinesAndAccounts } from './0001-machines-and-accounts.ts'
import { runs } from './0002-runs.ts'
import { chat } from './0003-chat.ts'
import { reload } from './0004-reload.ts'
import { gateways } from './0005-gateways.ts'
import { modelFailures } from './0006-model-failures.ts'
import { modelAccess } from './0007-model-access.ts'

export interface Migration {
  /** Position in the list, from 1; permanent. */
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** Every change of the schema, oldest first. Applied ones are never edited; a change is a new entry. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'machines-and-accounts', sql: machinesAndAccounts },
  { version: 2, name: 'runs', sql: runs },
  { version: 3, name: 'chat', sql: chat },
  { version: 4, name: 'reload', sql: reload },
  { version: 5, name: 'gateways', sql: gateways },
  { version: 6, name: 'model-failures', sql: modelFailures },
  { version: 7, name: 'model-access', sql: modelAccess },
]
