import type { ConsoleEvent } from '@agent-machines/core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import {
  type ControlPlaneProcess,
  eventually,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine } from '../testing/machines.ts'

let plane: ControlPlaneProcess
let machineId: string

beforeAll(async () => {
  plane = await startControlPlane()
  machineId = (await deployMachine(plane)).id
})

afterAll(async () => {
  if (plane) await removeControlPlane(plane)
})

it.each([
  ['its own client', '?client=typist'],
  ['no client', ''],
  ['another client', '?client=watcher'],
])('acknowledges each message on a socket that was opened for %s, and each once', async (_, query) => {
  const { epoch } = await plane.client.console.open(machineId, { cols: 80, rows: 24, client: 'typist' })
  await plane.client.console.takeOver(machineId, { client: 'typist' })
  const { expected } = await plane.client.console.open(machineId, { cols: 80, rows: 24, client: 'typist' })
  const { say, acks } = await openSocket(query)
  const key = { type: 'input', client: 'typist', epoch, data: 'eA==' }

  say({ ...key, seq: expected })
  await eventually('an acknowledgement', async () => acks().at(-1) === expected)
  say({ ...key, seq: expected + 1 })
  await eventually('another', async () => acks().at(-1) === expected + 1)
  const before = acks().length
  say({ ...key, seq: expected })
  await eventually('that of a repeated message', async () => acks().length > before)

  expect(acks().slice(before)).toEqual([expected + 1])
  expect(acks().filter((acked) => acked === expected)).toHaveLength(1)
})

/** Resolves once its console is there. */
async function openSocket(query: string) {
  const address = `${plane.url.replace('http', 'ws')}/api/v1/machines/${machineId}/console/socket${query}`
  const socket = new WebSocket(address, 'am.console.v1', {
    headers: { authorization: `Bearer ${plane.apiKey}` },
  })
  onTestFinished(() => socket.terminate())
  const events: ConsoleEvent[] = []
  socket.on('message', (data) => events.push(JSON.parse(String(data))))
  await eventually('a screen', async () => events.some(({ event }) => event === 'snapshot'))
  return {
    say: (message: object) => socket.send(JSON.stringify(message)),
    acks: () =>
      events.flatMap((event) =>
        event.event === 'ack' && event.data.client === 'typist' ? [event.data.acked] : [],
      ),
  }
}
