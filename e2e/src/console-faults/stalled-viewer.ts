import { connect } from 'node:net'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'

/** Asks for the output and never reads it; returns what ends that. */
export function stallViewer(
  { url, apiKey }: ControlPlaneProcess,
  machineId: string,
  session: string,
): () => void {
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.pause()
  socket.write(
    `GET /api/v1/machines/${machineId}/console/stream?session=${session} HTTP/1.1\r\n` +
      `host: 127.0.0.1:${port}\r\nauthorization: Bearer ${apiKey}\r\naccept: text/event-stream\r\n\r\n`,
  )
  return () => void socket.destroy()
}
