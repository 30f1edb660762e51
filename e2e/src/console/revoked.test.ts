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

describe('a key that is revoked while it is in use', () => {
  it('ends the streams and sockets that were opened with it', async () => {
    const { id, key } = await plane.client.apiKeys.create('short-lived')
    const headers = { authorization: `Bearer ${key}` }
    const other = createClient({ baseUrl: plane.url, headers: () => headers })
    const stream = await fetch(`${plane.url}/api/v1/machines/${machineId}/console/stream`, { headers })
    const address = `${plane.url.replace('http', 'ws')}/api/v1/machines/${machineId}/console/socket`
    const socket = new WebSocket(address, 'am.console.v1', { headers })
    await once(socket, 'message')
    const closed = once(socket, 'close')

    await plane.client.apiKeys.delete(id)

    const [code] = (await closed) as [number]
    expect(code).toBe(4401)
    // Reads to the end: the stream is over, not only silent.
    expect(await stream.text()).toContain('event: started')
    await expect(other.me()).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' })
  })
})
