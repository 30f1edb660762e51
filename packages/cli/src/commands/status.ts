import type { Gateway, Machine } from '@agent-machines/core'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printResult } from '../output/output.ts'
import { toFacts } from '../output/table.ts'

/** About one machine, or without `reference` about the control plane. */
export async function status(
  context: CliContext,
  reference: string | undefined,
  options: OutputOptions,
): Promise<void> {
  const { client, io, environment } = context
  if (reference !== undefined) {
    const machine = await findMachine(client, reference)
    await printResult(io, options, machine, () => toFacts(factsOf(machine)))
    return
  }
  const [me, machines] = await Promise.all([client.me(), client.machines.listAll()])
  const states = countBy(machines)
  await printResult(io, options, { url: environment.url, ...me, machines: states }, () =>
    toFacts([
      ['control plane', environment.url],
      ['version', me.version],
      ['machines', String(machines.length)],
      ...Object.entries(states).map(([state, count]) => [`  ${state}`, String(count)] as const),
    ]),
  )
}

function factsOf(machine: Machine): (readonly [string, string])[] {
  const { agent, gateway, bootstrap, stateReason, stateDetail } = machine
  const failed = bootstrap.phases.find((phase) => phase.state === 'failed')
  const done = bootstrap.phases.filter((phase) => phase.state === 'done').length
  const why = stateReason ? ` (${stateReason})` : ''
  return [
    ['name', machine.name],
    ['id', machine.id],
    ['state', `${machine.state}${why}`],
    ...(stateDetail ? ([['', stateDetail]] as const) : []),
    ['agent', agent ? `${agent.state}${agent.detail ? `: ${agent.detail}` : ''} (${agent.source})` : '-'],
    ...(gateway ? ([['chat gateway', gatewayText(gateway)]] as const) : []),
    ['runtime', [machine.runtime, machine.runtimeVersion ?? ''].join(' ').trim()],
    ['substrate', machine.substrate],
    ['upstream', machine.upstream ?? '-'],
    ['model', machine.model ?? '-'],
    ['isolation', machine.isolation],
    ['network', machine.network],
    ['bootstrap', `${bootstrap.state}, ${done} of ${bootstrap.phases.length} phases`],
    ...(failed ? ([['failed phase', `${failed.label}: ${failed.error?.message ?? ''}`]] as const) : []),
    ['home', machine.home],
    ['created', machine.createdAt],
    ['last activity', machine.lastActivityAt],
  ]
}

function gatewayText({ state, detail }: Gateway): string {
  return detail ? `${state}: ${detail}` : state
}

function countBy(machines: readonly Machine[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { state } of machines) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
