import { createHash } from 'node:crypto'
import { ConsoleConnection, createClient, type TransportKind } from '@agent-machines/client'
import WebSocket from 'ws'
import { type ControlPlaneProcess, eventually } from './control-plane-process.ts'
import { outputOf } from './machines.ts'
import type { Random } from './random.ts'

export interface TypingConsole {
  readonly connection: ConsoleConnection
  /** What came back as not typed. */
  readonly undelivered: unknown[]
  /** Types each byte by itself, at most `window` of them unacknowledged. */
  typeOneByOne(bytes: Uint8Array, window: number): Promise<void>
}

export interface TypingOptions {
  readonly baseUrl: string
  readonly apiKey: string
  readonly machineId: string
  readonly transport: TransportKind
  readonly random: Random
}

/** A connected console that tries again soon after every cut, as when the network says that it is back. */
export async function openTypingConsole(options: TypingOptions): Promise<TypingConsole> {
  const { baseUrl, machineId, transport, random } = options
  const headers = { authorization: `Bearer ${options.apiKey}` }
  const client = createClient({ baseUrl, headers: () => headers })
  const createSocket = (url: string, protocols: string[]) => new WebSocket(url, protocols, { headers })
  const connection = new ConsoleConnection({
    api: client.console,
    machineId,
    cols: 80,
    rows: 24,
    random: random.next,
    transports: [transport],
    createSocket,
  })
  const undelivered: unknown[] = []
  let waiting = 0
  let released = () => {}
  connection.on('undelivered', (input) => undelivered.push(input))
  connection.on('stats', ({ keysInFlight }) => {
    waiting = keysInFlight
    released()
  })
  const retry = () => {
    const now = connection.state
    if (now.state === 'reconnecting' && now.inMs > 0) connection.reconnect()
  }
  connection.on('state', ({ state }) => {
    if (state === 'reconnecting') setTimeout(retry, random.between(1, 20))
  })
  connection.start()
  await eventually('a live console', async () => connection.state.state === 'live')
  const typeOneByOne = async (bytes: Uint8Array, window: number) => {
    for (const byte of bytes) {
      while (waiting >= window)
        await new Promise<void>((resolve) => {
          released = resolve
        })
      connection.type(Uint8Array.of(byte))
    }
  }
  return { connection, undelivered, typeOneByOne }
}

export interface TerminalReader {
  readonly startedAt: number
  /** Resolves once all bytes have come. */
  ended(): Promise<unknown>
  received(): Promise<ReturnType<typeof digestOf>>
}

/** Starts a program in the console that keeps the terminal's next `count` bytes exactly as they come. */
export async function startReader(
  plane: () => ControlPlaneProcess,
  machineId: string,
  connection: ConsoleConnection,
  count: number,
): Promise<TerminalReader> {
  const files = async () => (await outputOf(plane(), machineId, 'ls')).split('\n')
  connection.type(
    `cd; rm -f reading ended; stty raw -echo; touch reading; head -c ${count} >received; touch ended\r`,
  )
  await eventually('the reader', async () => (await files()).includes('reading'))
  return {
    startedAt: Date.now(),
    ended: () => eventually('all bytes', async () => (await files()).includes('ended'), 90_000),
    received: async () => {
      const printed = await outputOf(plane(), machineId, 'sha256sum <received; wc -c <received')
      const [digest, size] = printed.split(/\s+-?\s*/)
      return { digest: digest ?? '', size: Number(size) }
    },
  }
}

export function digestOf(bytes: Uint8Array) {
  return { digest: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
}
