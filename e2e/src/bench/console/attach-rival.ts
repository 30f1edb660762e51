import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type Echoing, runCat } from './echoing.ts'
import { startRival } from './rival.ts'

/** `tmux attach` in a pty, over a WebSocket. */
export async function openAttachRival(): Promise<Echoing> {
  const rival = await startRival('attach-program.ts')
  const socket = new WebSocket(rival.url, { perMessageDeflate: false })
  await once(socket, 'open')
  let listener = (_bytes: Uint8Array) => {}
  socket.on('message', (data: Buffer) => listener(data))
  const echoing: Echoing = {
    type: (text) => socket.send(text),
    onOutput: (next) => {
      listener = next
    },
    close: async () => {
      socket.terminate()
      await rival.stop()
    },
  }
  await runCat(echoing)
  return echoing
}
