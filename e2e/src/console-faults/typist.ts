import { ConsoleConnection, createClient, type TransportKind } from '@agent-machines/client'
import WebSocket from 'ws'
import type { Random } from '../testing/random.ts'

export interface Person {
  readonly url: string
  readonly apiKey: string
  readonly machineId: string
  readonly session: string
  readonly transport: TransportKind
  readonly random: Random
}

/** A console connection over one transport that tries again soon, as when the network says that it is back. */
export function connect(
  { url, apiKey, machineId, session, transport, random }: Person,
  who: { readonly client?: string; readonly watch?: boolean },
): ConsoleConnection {
  const headers = { authorization: `Bearer ${apiKey}` }
  const connection = new ConsoleConnection({
    api: createClient({ baseUrl: url, headers: () => headers }).console,
    machineId,
    session,
    cols: 80,
    rows: 24,
    transports: [transport],
    random: random.next,
    createSocket: (address, protocols) => new WebSocket(address, protocols, { headers }),
    ...who,
  })
  connection.on('state', (state) => {
    if (state.state !== 'reconnecting' || state.inMs === 0) return
    setTimeout(
      () => {
        const now = connection.state
        if (now.state === 'reconnecting' && now.inMs > 0) connection.reconnect()
      },
      random.between(20, 120),
    )
  })
  return connection
}

export interface TypedWord {
  readonly word: string
  /** When it was no longer in flight: typed on the machine, or given back. */
  doneAt: number | null
}

/** Types numbered words, and knows what it typed and what came back. */
export class Typist {
  readonly name: string
  readonly connection: ConsoleConnection
  readonly typed: TypedWord[] = []
  readonly givenBack: { readonly text: string; readonly reason: string }[] = []
  keysInFlight = 0

  constructor(name: string, person: Person) {
    this.name = name
    this.connection = connect(person, { client: `lab-${name}` })
    this.connection.on('undelivered', ({ bytes, reason }) =>
      this.givenBack.push({ text: Buffer.from(bytes).toString(), reason }),
    )
    this.connection.on('stats', ({ keysInFlight }) => {
      this.keysInFlight = keysInFlight
      const done = this.typed.slice(0, Math.max(0, this.typed.length - keysInFlight))
      for (const word of done) word.doneAt ??= Date.now()
    })
  }

  type(): void {
    const word = `${this.name}${this.typed.length}.`
    this.typed.push({ word, doneAt: null })
    this.connection.type(word)
  }
}
