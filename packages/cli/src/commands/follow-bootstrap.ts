import type { BootstrapStreamEvent, Client } from '@agent-machines/client'
import type { BootstrapPhase } from '@agent-machines/core'
import type { CliContext } from '../context/cli-context.ts'
import { printNote } from '../output/output.ts'

/** Shows every phase on standard error as it begins and ends; resolves when the bootstrap is over. */
export async function followBootstrap({ client, io }: CliContext, id: string): Promise<void> {
  const shown = new Map<string, string>()
  for await (const event of streamOf(client, id, io.signal)) {
    if (event.event !== 'phase' || shown.get(event.phase.id) === event.phase.state) continue
    shown.set(event.phase.id, event.phase.state)
    const text = textOf(event.phase)
    if (text) await printNote(io, text)
  }
}

function streamOf(client: Client, id: string, signal: AbortSignal): AsyncIterable<BootstrapStreamEvent> {
  return client.machines.bootstrapStream(id, { signal })
}

function textOf(phase: BootstrapPhase): string | null {
  const { state, label, error } = phase
  switch (state) {
    case 'running':
      return `… ${label}`
    case 'done':
      return `✓ ${label}${tookOf(phase)}`
    case 'skipped':
      return `- ${label}`
    case 'failed':
      return [`✗ ${label}: ${error?.message ?? ''}`, ...(error?.log ?? []).map((line) => `    ${line}`)].join(
        '\n',
      )
    default:
      return null
  }
}

function tookOf({ startedAt, finishedAt }: BootstrapPhase): string {
  if (!startedAt || !finishedAt) return ''
  return ` (${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s)`
}
