import { once } from 'node:events'
import { createClient } from '@agent-machines/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'

let plane: ControlPlaneProcess
let machineId: string

beforeAll(async () => {
  plane = await startControlPlane()
  const machine = await plane.client.machines.create({ runtime: 'shell', substrate: 'local' })
  machineId = machine.id
  await eventually('ready', async () => (await plane.client.machines.get(machineId)).state === 'ready')
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

it('closes a socket of somebody who is not signed in, having said nothing', async () => {
  const address = `${plane.url.replace('http', 'ws')}/api/v1/machines/${machineId}/console/socket`
  const socket = new WebSocket(address, 'am.console.v1')
  const said: unknown[] = []
  socket.on('message', (data) => said.push(data))

  expect(await codeOf(socket)).toBe(4401)
  expect(said).toEqual([])
})

describe('a key that is revoked while it is in use', () => {
  it('ends the streams and sockets that were opened with it', async () => {
    const { id, key } = await plane.client.apiKeys.create('short-lived')
    const headers = { authorization: `Bearer ${key}` }
    const other = createClient({ baseUrl: plane.url, headers: () => headers })
    const stream = await fetch(`${plane.url}/api/v1/machines/${machineId}/console/stream`, { headers })
    const address = `${plane.url.replace('http', 'ws')}/api/v1/machines/${machineId}/console/socket`
    const socket = new WebSocket(address, 'am.console.v1', { headers })
    await once(socket, 'message')
    const closed = codeOf(socket)

    await plane.client.apiKeys.delete(id)

    expect(await closed).toBe(4401)
    expect(await codeOf(new WebSocket(address, 'am.console.v1', { headers }))).toBe(4401)
    // Reads to the end: the stream is over, not only silent.
    expect(await stream.text()).toContain('event: started')
    await expect(other.me()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' })
  })
})

async function codeOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}
