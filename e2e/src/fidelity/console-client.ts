import { ConsoleConnection } from '@agent-machines/client'
import { WebSocket } from 'ws'
import type { ControlPlaneProcess } from '../testing/control-plane-process.ts'
import { Screen, type Size } from '../testing/screen.ts'

/** A console as the dashboard shows it: one snapshot, then output, in an emulator. */
export interface ConsoleClient {
  readonly screen: Screen
  type(keys: string): void
  close(): void
}

/** Resolves once the snapshot is on the screen. */
export async function openConsole(
  plane: ControlPlaneProcess,
  machineId: string,
  size: Size,
): Promise<ConsoleClient> {
  const screen = new Screen(size)
  const connection = new ConsoleConnection({
    api: plane.client.console,
    machineId,
    ...size,
    launch: true,
    createSocket: (url, protocols) =>
      new WebSocket(url, protocols, { headers: { authorization: `Bearer ${plane.apiKey}` } }),
  })
  const shown = new Promise<void>((resolve) => connection.on('snapshot', () => resolve()))
  connection.on('snapshot', ({ bytes, cols, rows }) => {
    screen.reset({ cols, rows })
    screen.write(bytes)
  })
  connection.on('output', (bytes) => screen.write(bytes))
  connection.on('resize', (next) => screen.resize(next))
  connection.start()
  await shown
  // Whoever typed before keeps the place for a while.
  if (!connection.isDriver) await connection.takeOver()
  return {
    screen,
    type: (keys) => connection.type(keys),
    close: () => {
      connection.close()
      screen.dispose()
    },
  }
}
