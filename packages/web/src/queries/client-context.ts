import type { Client } from '@agent-machines/client'
import { createContext, useContext } from 'react'

const ClientContext = createContext<Client | null>(null)
export const ClientProvider = ClientContext.Provider

export function useClient(): Client {
  const client = useContext(ClientContext)
  if (!client) throw new Error('This page was rendered without a client.')
  return client
}
