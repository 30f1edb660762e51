import {
  ConsoleConnection,
  type ConsoleState,
  createClient,
  type TransportKind,
} from '@agent-machines/client'
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { type ControlPlaneProcess, eventually } from './control-plane-process.ts'
import { deployMachine } from './machines.ts'

/** A live console of a new machine that has shown its screen, and every state it went through. */
export async function openWatchedConsole(
  plane: ControlPlaneProcess,
  baseUrl: string,
  transports: readonly TransportKind[],
) {
  const { id: machineId } = await deployMachine(plane)
  const headers = { authorization: `Bearer ${plane.apiKey}` }
  const connection = new ConsoleConnection({
    api: createClient({ baseUrl, headers: () => headers }).console,
    machineId,
    cols: 80,
    rows: 24,
    transports,
    createSocket: (url, protocols) => new WebSocket(url, protocols, { headers }),
  })
  const states: string[] = []
  const undelivered: unknown[] = []
  connection.on('state', (state) => states.push(nameOf(state)))
  connection.on('undelivered', (input) => undelivered.push(input))
  let isShown = false
  connection.on('snapshot', () => {
    isShown = true
  })
  connection.start()
  onTestFinished(() => connection.close())
  await eventually('a live console', async () => isShown && connection.state.state === 'live')
  return { connection, machineId, states, undelivered }
}

function nameOf(state: ConsoleState): string {
  return state.state === 'live' ? `live ${state.transport}` : state.state
}
