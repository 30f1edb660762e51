import type { CreateMachine, ExecAnswer, Machine, MachineState } from '@agent-machines/core'
import { type ControlPlaneProcess, eventually } from './control-plane-process.ts'
import { processesOfMachine } from './processes.ts'

/** A machine of `plane` that is ready. */
export async function deployMachine(
  plane: ControlPlaneProcess,
  machine: Partial<CreateMachine> = {},
): Promise<Machine> {
  const { id } = await plane.client.machines.create({ runtime: 'shell', substrate: 'local', ...machine })
  return untilState(plane, id, ['ready'])
}

/** Resolves with the machine once it is in one of `states`; rejects at once when it failed instead. */
export function untilState(
  plane: ControlPlaneProcess,
  id: string,
  states: readonly MachineState[],
  withinMs = 60_000,
): Promise<Machine> {
  let last = 'never seen'
  return eventually(
    `${id} ${states.join(' or ')}`,
    async () => {
      const machine = await plane.client.machines.get(id)
      last = `${machine.state} (${machine.stateReason ?? 'no reason'})`
      if (states.includes(machine.state)) return machine
      if (machine.state === 'failed') throw new Error(`${id} failed: ${JSON.stringify(machine, null, 1)}`)
      return null
    },
    withinMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${last}`, { cause: error })
  })
}

export function execOn(plane: ControlPlaneProcess, id: string, command: string): Promise<ExecAnswer> {
  return plane.client.machines.exec(id, { command })
}

/** What `command` prints; throws when it does not succeed. */
export async function outputOf(plane: ControlPlaneProcess, id: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await execOn(plane, id, command)
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`)
  return stdout.trimEnd()
}

/** Ends every process of the machine behind the control plane's back. */
export async function killMachine(id: string): Promise<void> {
  for (const { pid } of await processesOfMachine(id)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // One process's end takes others with it.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}
