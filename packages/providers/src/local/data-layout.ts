import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where a machine's own things are in the data directory. */
export interface MachinePaths {
  readonly directory: string
  readonly record: string
  readonly home: string
  readonly sandboxLog: string
}

export interface DataLayout {
  readonly root: string
  readonly machines: string
  readonly runtimes: string
  readonly locks: string
  readonly uids: string
  /** Names this data directory in places that all of them share, such as cgroups. */
  readonly hash: string
  machine(machineId: string): MachinePaths
}

export function dataLayoutOf(root: string): DataLayout {
  const machines = join(root, 'machines')
  return {
    root,
    machines,
    runtimes: join(root, 'runtimes'),
    locks: join(root, 'locks'),
    uids: join(root, 'uids'),
    hash: createHash('sha256').update(root).digest('hex').slice(0, 12),
    machine: (machineId) => {
      const directory = join(machines, machineId)
      return {
        directory,
        record: join(directory, 'machine.json'),
        home: join(directory, 'home'),
        sandboxLog: join(directory, 'sandbox.log'),
      }
    },
  }
}

/** Whether `machineId` can be a folder name; ids made by others are not trusted to be. */
export function isMachineId(machineId: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(machineId)
}

/** The `/etc/machine-id` of a machine: proof, from inside, that the right sandbox was entered. */
export function machineTokenOf(layout: DataLayout, machineId: string): string {
  return createHash('sha256').update(`${layout.root}\0${machineId}`).digest('hex').slice(0, 32)
}
