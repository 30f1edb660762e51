import { PassThrough } from 'node:stream'
import type { ConsoleEvent } from '@agent-machines/core'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { SocketSender } from './socket-sender.ts'

describe('SocketSender', () => {
  it('sends every event as the JSON that it is', () => {
    const events: ConsoleEvent[] = [
      { event: 'output', id: 'm~agent.0a1b.2c3d.4096', data: { data: 'aGVsbG8gd29ybGQ=' } },
      { event: 'output', id: 'm~agent.0a1b.2c3d.4097', data: { data: '' } },
      { event: 'ack', data: { client: 'laptop', acked: 3 } },
      { event: 'driver', data: { driver: { client: 'c', label: '„ä"\n', since: '' }, viewers: 2 } },
    ]
    const sent: unknown[] = []
    const socket = { on: () => undefined, send: (text: string) => sent.push(JSON.parse(text)) }
    const sender = new SocketSender(socket as unknown as WebSocket, new PassThrough())

    for (const event of events) sender.send(event)

    expect(sent).toEqual(events)
  })
})
