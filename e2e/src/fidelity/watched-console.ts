import { ConsoleConnection } from '@agent-machines/client'
import { WebSocket } from 'ws'
import { type ControlPlaneProcess, eventually } from '../testing/control-plane-process.ts'
import type { Size } from '../testing/screen.ts'
import type { Footage, Take } from './footage.ts'

/** A console as a browser tab has it: what it is sent is kept, so that it can be played again. */
export interface WatchedConsole {
  readonly footage: Footage
  type(keys: string): void
  /** Becomes the driver and gives the console this size. */
  takeOver(size: Size): Promise<void>
  close(): void
}

/** Resolves once the first snapshot came. */
export async function watchConsole(
  plane: ControlPlaneProcess,
  machineId: string,
  session: string,
  size: Size,
  options: { readonly watch?: boolean } = {},
): Promise<WatchedConsole> {
  const takes: Take[] = []
  const connection = new ConsoleConnection({
    api: plane.client.console,
    machineId,
    session,
    ...size,
    watch: options.watch ?? false,
    createSocket: (url, protocols) =>
      new WebSocket(url, protocols, { headers: { authorization: `Bearer ${plane.apiKey}` } }),
  })
  const shown = new Promise<void>((resolve, reject) => {
    connection.on('snapshot', () => resolve())
    connection.on('problem', reject)
  })
  connection.on('snapshot', ({ bytes, cols, rows }) => {
    takes.push({ kind: 'reset', cols, rows }, { kind: 'write', bytes })
  })
  connection.on('output', (bytes) => takes.push({ kind: 'write', bytes }))
  connection.on('resize', (next) => takes.push({ kind: 'resize', ...next }))
  connection.start()
  await shown
  return {
    footage: takes,
    type: (keys) => connection.type(keys),
    takeOver: async (next) => {
      await connection.takeOver()
      connection.resize(next.cols, next.rows)
      const reached = (take: Take) =>
        take.kind !== 'write' && take.cols === next.cols && take.rows === next.rows
      await eventually('the new size', async () => takes.some(reached), 10_000)
    },
    close: () => connection.close(),
  }
}
