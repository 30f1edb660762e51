import { AgentMachinesError, type Attachment } from '@agent-machines/core'
import { workerCommand } from '../hub/worker-commands.ts'
import { linesToBytes, placeWords, readWire, unsupported, type Wire, type WireHost } from './wire.ts'

const openMs = 10_000

/** One bidirectional stream carries the log out and the lines in. */
export async function openAttachWire(host: WireHost): Promise<Wire> {
  const attachment = await open(host)
  return {
    output: readWire(attachment.output, host.log),
    write: (lines) => {
      attachment.write(linesToBytes(lines)).catch(() => attachment.close())
    },
    look: () => undefined,
    close: () => attachment.close(),
  }
}

/** A substrate that does not answer must not hold up the other ways. */
async function open(host: WireHost): Promise<Attachment> {
  const { exec, session, timers } = host
  if (exec.attach === undefined) throw unsupported('bidirectional stream')
  const script = workerCommand('channel', session, ...placeWords(host.place()))
  const stop = new AbortController()
  const opening = exec.attach({ script, signal: stop.signal })
  let stopWaiting = () => undefined as unknown
  const limit = new Promise<never>((_, reject) => {
    stopWaiting = timers.after(openMs, () => {
      stop.abort()
      opening.then((late) => late.close()).catch(() => undefined)
      reject(new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The substrate did not answer in time.'))
    })
  })
  return Promise.race([opening, limit]).finally(() => stopWaiting())
}
