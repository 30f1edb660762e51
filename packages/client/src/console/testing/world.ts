import type { ConsoleConnectionOptions } from '../connection-options.ts'
import { ConsoleConnection } from '../console-connection.ts'
import type { ConsoleState, UndeliveredInput } from '../console-events.ts'
import { FaultyNetwork } from './faulty-network.ts'
import { ModelConsole } from './model-console.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A connection to a model console over a network that does what a test wants, in a time that passes when told. */
export function aWorld(options: Partial<ConsoleConnectionOptions> & { sockets?: boolean } = {}) {
  const model = new ModelConsole()
  const network = new FaultyNetwork(model)
  const clock = new VirtualClock()
  const connection = new ConsoleConnection({
    api: network.api,
    machineId: 'm1',
    client: 'me',
    cols: 80,
    rows: 24,
    clock,
    random: () => 0.5,
    ...(options.sockets ? { createSocket: network.createSocket } : {}),
    ...options,
  })
  const undelivered: UndeliveredInput[] = []
  const states: ConsoleState[] = []
  connection.on('undelivered', (each) => undelivered.push(each))
  connection.on('state', (state) => states.push(state))

  const shake = async (draw: () => number) => {
    for (let count = Math.floor(draw() * 6); count > 0; count--) {
      network.step(draw())
      await settle(1)
    }
    if (draw() < 0.06) network.cut()
    if (draw() < 0.3) clock.advance(Math.floor(draw() * 400))
    await settle(1)
  }
  /** Until nothing is on its way; with 0 no time passes meanwhile. */
  const calm = async (ms = 250) => {
    for (let round = 0; round < 80; round++) {
      for (let count = 0; count < 500 && network.pending > 0; count++) {
        network.step(0)
        await settle(1)
      }
      clock.advance(ms)
      await settle(1)
    }
  }
  /** Time passes in which the console is quiet. */
  const quiet = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5000) {
      network.emit({ event: 'idle', data: {} })
      await calm(0)
      clock.advance(5000)
    }
    await calm()
  }
  return { model, network, clock, connection, undelivered, states, shake, calm, quiet }
}

export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function text(bytes: Iterable<number>): string {
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
