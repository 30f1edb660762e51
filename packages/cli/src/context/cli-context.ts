import { type Client, type CreateSocket, createClient } from '@agent-machines/client'
import type { CliEnvironment } from '../environment.ts'
import type { CliIo } from './cli-io.ts'

/** What a command works with. */
export interface CliContext {
  readonly io: CliIo
  readonly environment: CliEnvironment
  readonly client: Client
  /** Opens a console socket with the API key. */
  readonly createSocket: () => Promise<CreateSocket>
}

export function createContext(io: CliIo, environment: CliEnvironment): CliContext {
  const headers: Record<string, string> = environment.apiKey
    ? { authorization: `Bearer ${environment.apiKey}` }
    : {}
  return {
    io,
    environment,
    client: createClient({ baseUrl: environment.url, headers: () => headers }),
    createSocket: async () => {
      const { WebSocket } = await import('ws')
      return (url, protocols) => new WebSocket(url, protocols, { headers, perMessageDeflate: false })
    },
  }
}
