import { randomBytes } from 'node:crypto'
import type { ConsoleHubOptions } from '@agent-machines/console'
import {
  AgentMachinesError,
  type Exec,
  type MachineProvider,
  type MachineRef,
  streamByExec,
} from '@agent-machines/core'
import type { MachineRow, MachineStore } from '../store/machine-store.ts'
import { assertAwake } from './machine-actions.ts'

/** The providers by substrate id. */
export type Providers = ReadonlyMap<string, MachineProvider>

const host = {
  now: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
  randomId: () => randomBytes(8).toString('hex'),
}

/** Finds machines and the way into them. */
export class MachineAccess {
  readonly #machines: Pick<MachineStore, 'get' | 'touchActivity'>
  readonly #providers: Providers

  constructor(machines: Pick<MachineStore, 'get' | 'touchActivity'>, providers: Providers) {
    this.#machines = machines
    this.#providers = providers
  }

  /** Rejects with `MACHINE_UNKNOWN`. */
  async get(machineId: string): Promise<MachineRow> {
    const row = await this.#machines.get(machineId)
    if (!row)
      throw new AgentMachinesError('MACHINE_UNKNOWN', `No machine ${machineId}.`, {
        details: { id: machineId },
      })
    return row
  }

  /** The machine's commands; rejects with what its state forbids. */
  async execOf(machineId: string): Promise<Exec> {
    const row = await this.get(machineId)
    assertAwake(row.id, row.state)
    await this.#machines.touchActivity(machineId)
    return this.execFor(row)
  }

  /** The same without asking the state: for what brings a machine up. */
  execFor(row: MachineRow): Exec {
    const exec = this.consoleExecFor(row)
    return { ...exec, streamExec: exec.streamExec ?? streamByExec(exec.exec, host) }
  }

  /** What the substrate itself offers: a console does better with commands than with a stream made of them. */
  consoleExecFor(row: MachineRow): ConsoleHubOptions['exec'] {
    const provider = this.providerOf(row)
    const machine = refOf(row)
    const { attach, streamExec } = row.capabilities
    return {
      exec: (command) => provider.exec(machine, command),
      ...(streamExec ? { streamExec: (command) => provider.streamExec(machine, command) } : {}),
      ...(attach ? { attach: (command) => provider.attach(machine, command) } : {}),
    }
  }

  providerOf(row: Pick<MachineRow, 'substrate'>): MachineProvider {
    const provider = this.#providers.get(row.substrate)
    if (!provider) throw new AgentMachinesError('SUBSTRATE_UNKNOWN', `No substrate ${row.substrate}.`)
    return provider
  }
}

/** How the provider finds the machine; rejects while the substrate has not made it. */
export function refOf(row: Pick<MachineRow, 'id' | 'providerRef' | 'state'>): MachineRef {
  if (row.providerRef === null) {
    throw new AgentMachinesError('MACHINE_NOT_READY', `Machine ${row.id} is ${row.state}.`, {
      details: { id: row.id },
    })
  }
  return { machineId: row.id, ref: row.providerRef }
}
