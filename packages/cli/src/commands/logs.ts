import type { BootstrapStreamEvent } from '@agent-machines/client'
import { findMachine } from '../args/find-machine.ts'
import type { CliContext } from '../context/cli-context.ts'
import { type OutputOptions, printNote } from '../output/output.ts'

/** Without `follow`, silence this long means that everything so far was shown. */
const caughtUpMs = 700

/** Prints the transcript of a machine's bootstrap; with `follow` until it is over. */
export async function logs(
  { client, io }: CliContext,
  reference: string,
  options: OutputOptions & { follow?: boolean },
): Promise<void> {
  const machine = await findMachine(client, reference)
  const stop = new AbortController()
  const signal = AbortSignal.any([io.signal, stop.signal])
  let timer: NodeJS.Timeout | undefined
  const heard = () => {
    clearTimeout(timer)
    if (!options.follow) timer = setTimeout(() => stop.abort(), caughtUpMs)
  }
  try {
    for await (const event of client.machines.bootstrapStream(machine.id, { signal })) {
      heard()
      await show(event, { stdout: io.stdout, stderr: io.stderr }, options)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}

async function show(
  event: BootstrapStreamEvent,
  io: Pick<CliContext['io'], 'stdout' | 'stderr'>,
  { json }: OutputOptions,
): Promise<void> {
  if (json) await io.stdout(`${JSON.stringify(event)}\n`)
  else if (event.event === 'log') await io.stdout(event.text.endsWith('\n') ? event.text : `${event.text}\n`)
  else if (event.event === 'phase' && event.phase.state !== 'pending')
    await printNote(io, `== ${event.phase.label}: ${event.phase.state}`)
}
