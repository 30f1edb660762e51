import { AgentMachinesError, type ConsoleEvent } from '@agent-machines/core'
import type { ConsoleApi } from '../api/console-api.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { deliver } from './deliver.ts'

/** The part of a WebSocket that is used; a browser's and the one of `ws` both fit. */
export interface ConsoleSocket {
  send(text: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void
  addEventListener(type: 'error', listener: () => void): void
}

export type CreateSocket = (url: string, protocols: string[]) => ConsoleSocket

export function openSocketLink(
  api: Pick<ConsoleApi, 'socketUrl'>,
  createSocket: CreateSocket,
  proof: string | null,
  target: LinkTarget,
  listener: LinkListener,
): ConsoleLink {
  const { machineId, session, client, cursor, history } = target
  const url = api.socketUrl(machineId, { session, client, cursor, history })
  const socket = createSocket(url, ['am.console.v1', ...(proof === null ? [] : [`am.proof.${proof}`])])
  let open = true
  const end = (cause: unknown) => {
    if (!open) return
    open = false
    listener.closed(cause)
    socket.close()
  }
  socket.addEventListener('message', ({ data }) => {
    if (!open || typeof data !== 'string') return
    const event = parseEvent(data)
    if (event) deliver(event, client, listener)
  })
  socket.addEventListener('error', () => end(new AgentMachinesError('CONTROL_PLANE_UNREACHABLE')))
  socket.addEventListener('close', ({ code }) => end(code === 1001 ? null : code))
  return {
    kind: 'ws',
    window: 16,
    send: (message) => socket.send(JSON.stringify(message)),
    close: () => {
      open = false
      socket.close()
    },
  }
}

function parseEvent(text: string): ConsoleEvent | null {
  try {
    return JSON.parse(text) as ConsoleEvent
  } catch {
    // A frame that is not JSON is not of this protocol and says nothing about the console.
    return null
  }
}
