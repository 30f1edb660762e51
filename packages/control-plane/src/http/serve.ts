import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AgentMachinesError } from '@agent-machines/core'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

export interface Listening {
  readonly server: Server
  readonly port: number
  /** Takes no new requests, gives open ones `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>
}

/** A browser's first key after a pause would pay a new connection with Node's default of 5 s. */
const keepAliveMs = 75_000

/** Listens, or rejects with `PORT_TAKEN`. Port 0 takes a free one. */
export async function listen(app: Hono, host: string, port: number): Promise<Listening> {
  const server = createServer(getRequestListener(app.fetch))
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 5_000
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen({ host, port, noDelay: true }, resolve)
  })
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: (graceMs) => close(server, graceMs),
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(cut)
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AgentMachinesError('PORT_TAKEN', `Port ${port} on ${host} is taken.`, { cause: error })
    case 'EACCES':
      return new AgentMachinesError('PORT_TAKEN', `Port ${port} on ${host} needs more rights.`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AgentMachinesError('PORT_TAKEN', `This computer has no address ${host}.`, { cause: error })
    default:
      return error
  }
}
