import { type Client, createClient } from '@agent-machines/client'
import { isAgentMachinesError } from '@agent-machines/core'
import type { LiveMessage } from './live-message.ts'

export function clientWithProof(proof: () => string | null): Client {
  return createClient({
    baseUrl: location.origin,
    headers: () => {
      const value = proof()
      return value ? { 'X-AM-Proof': value } : {}
    },
  })
}

/** Passes the fleet's changes on until `signal` aborts or the session ends; reconnecting is the client's. */
export async function followFleet(
  client: Pick<Client, 'events'>,
  tell: (message: LiveMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.events({ signal })) tell({ kind: 'event', event })
  } catch (error) {
    if (signal.aborted) return
    tell({ kind: 'ended', signedOut: isAgentMachinesError(error, 'SIGN_IN_REQUIRED') })
  }
}
