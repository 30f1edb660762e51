import { randomUUID } from 'node:crypto'
import type { NewMachine } from '../machine-store.ts'

/** A machine on its way, with a name of its own. */
export function aMachine(changes: Partial<NewMachine> = {}): NewMachine {
  const id = randomUUID()
  return {
    id,
    workspace: 'w',
    name: `m-${id}`,
    runtime: 'shell',
    substrate: 'local',
    state: 'provisioning',
    target: 'ready',
    home: '/home/agent',
    isolation: 'namespaces',
    network: 'shared-host',
    capabilities: {
      sleep: true,
      memoryKept: true,
      streamExec: true,
      attach: true,
      publicUrl: false,
      limits: { cpu: true, memory: true, pids: true },
    },
    bootstrap: { state: 'pending', phases: [] },
    ...changes,
  }
}
