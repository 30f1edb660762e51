import { spawn } from '@lydell/node-pty'
import { type Echoing, runCat, size } from './echoing.ts'

/** A terminal of this very process: the floor. */
export async function openBarePty(): Promise<Echoing> {
  const pty = spawn('/bin/sh', [], { ...size, encoding: null })
  let listener = (_bytes: Uint8Array) => {}
  pty.onData((data) => listener(Buffer.from(data)))
  const echoing: Echoing = {
    type: (text) => pty.write(text),
    onOutput: (next) => {
      listener = next
    },
    close: () => pty.kill('SIGKILL'),
  }
  await runCat(echoing)
  return echoing
}
