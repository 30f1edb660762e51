import { AgentMachinesError, type CreateMachine, type Machine } from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printNote, printResult } from '../output/output.ts'
import { UsageError } from '../output/usage-error.ts'
import { followBootstrap } from './follow-bootstrap.ts'
import { waitForState } from './wait-for-state.ts'

export interface DeployOptions extends OutputOptions {
  readonly runtime: string
  readonly substrate: string
  readonly upstream?: string
  readonly model?: string
  readonly preset?: string
  readonly name?: string
  readonly git?: string
  readonly ref?: string
  readonly hostPath?: string
  readonly env?: Record<string, string>
  readonly label?: Record<string, string>
  readonly gateway?: boolean
  readonly idempotencyKey?: string
  readonly wait?: boolean
}

/** Prints the id of the new machine; with `wait` once it is ready. */
export async function deploy(context: CliContext, options: DeployOptions): Promise<void> {
  const { client, io } = context
  const { idempotencyKey } = options
  const created = await client.machines.create(requestOf(options), {
    signal: io.signal,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
  await printNote(io, `Deploying ${created.name} (${created.runtime} on ${created.substrate}).`)
  const machine = options.wait ? await waitUntilReady(context, created) : created
  await printResult(io, options, machine, () => machine.id)
}

async function waitUntilReady(context: CliContext, { id }: Machine): Promise<Machine> {
  const { client, io } = context
  const arrived = await waitForState(client, id, ['bootstrapping', 'ready', 'failed'], io)
  if (arrived.state !== 'failed') await followBootstrap(context, id)
  const machine = await waitForState(client, id, ['ready', 'failed', 'destroyed'], io)
  if (machine.state === 'ready') {
    await printNote(io, `${machine.name} is ready. Talk to it with \`am attach ${machine.name}\`.`)
    return machine
  }
  const why = machine.stateDetail ?? machine.stateReason ?? `it is ${machine.state}`
  throw new AgentMachinesError(
    'BOOTSTRAP_FAILED',
    `${machine.name} (${machine.id}) did not get ready: ${why}`,
  )
}

function requestOf(options: DeployOptions): CreateMachine {
  const { runtime, substrate, upstream, model, preset, name, env, label } = options
  const workspace = workspaceOf(options)
  return {
    runtime,
    substrate,
    ...(upstream ? { upstream } : {}),
    ...(options.gateway ? { gateway: true } : {}),
    ...(model ? { model } : {}),
    ...(preset ? { preset } : {}),
    ...(name ? { name } : {}),
    ...(env ? { env } : {}),
    ...(label ? { labels: label } : {}),
    ...(workspace ? { workspace } : {}),
  }
}

function workspaceOf({ git, ref, hostPath }: DeployOptions): CreateMachine['workspace'] {
  if (git && hostPath) throw new UsageError('Give --git or --host-path, not both.')
  if (ref && !git) throw new UsageError('--ref belongs to --git.')
  if (git) return ref ? { git, ref } : { git }
  return hostPath ? { hostPath } : undefined
}
