import { workerCommand } from '../hub/worker-commands.ts'
import { linesToBytes, placeWords, readWire, unsupported, type Wire, type WireHost } from './wire.ts'

/** One bidirectional stream carries the log out and the lines in. */
export async function openAttachWire(host: WireHost): Promise<Wire> {
  const { exec, session, log } = host
  if (exec.attach === undefined) throw unsupported('bidirectional stream')
  const script = workerCommand('channel', session, ...placeWords(host.place()))
  const attachment = await exec.attach({ script })
  return {
    output: readWire(attachment.output, log),
    write: (lines) => {
      attachment.write(linesToBytes(lines)).catch(() => attachment.close())
    },
    look: () => undefined,
    close: () => attachment.close(),
  }
}
