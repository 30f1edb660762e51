import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ControlPlaneProcess, eventually, startControlPlane } from '../testing/control-plane-process.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'
import { type PostgresServer, startPostgres } from '../testing/postgres-server.ts'
import { type Random, seededRandom } from '../testing/random.ts'
import { typeKeys } from '../testing/type-line.ts'
import { digestOf } from '../testing/typing-console.ts'

const batchCount = 600
const client = 'keys'

let postgres: PostgresServer
let data: string
const planes: ControlPlaneProcess[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  data = await mkdtemp(join(tmpdir(), 'am-e2e-'))
  planes.push(await start(), await start())
})

afterAll(async () => {
  const plane = planes.at(-1)
  const { items } = (await plane?.client.machines.list({ limit: 200 })) ?? { items: [] }
  for (const { id } of items) await plane?.client.machines.destroy(id)
  await Promise.all(planes.map((each) => each.stop()))
  await postgres.stop()
  await rm(data, { recursive: true, force: true })
})

it('makes one machine of one idempotency key sent to both at once', async () => {
  const idempotencyKey = randomUUID()
  const body = { runtime: 'shell', substrate: 'local', name: 'only-one' }

  const machines = await Promise.all(
    Array.from({ length: 10 }, (_, index) => {
      const plane = planes[index % 2]
      return plane?.client.machines.create(body, { idempotencyKey })
    }),
  )

  expect(new Set(machines.map((machine) => machine?.id)).size).toBe(1)
  for (const plane of planes) {
    const { items } = await plane.client.machines.list({ limit: 200 })
    expect(items.filter(({ name }) => name === 'only-one')).toHaveLength(1)
    await untilState(plane, machines[0]?.id ?? '', ['ready'])
  }
})

it('types the same batches, sent through both and then a third after both were killed, exactly once', async () => {
  const random = seededRandom('two control planes')
  const [one, other] = planes
  if (!one || !other) throw new Error('two are needed')
  const { id } = await deployMachine(one)
  const batches = Array.from({ length: batchCount }, () => random.bytes(random.between(1, 12)))
  const all = Buffer.concat(batches)
  await typeKeys(one, id, `cd; stty raw -echo; touch reading; head -c ${all.length} >received; touch ended\r`)
  await eventually('the reader', async () => (await outputOf(one, id, 'ls')).includes('reading'))
  const { epoch, expected } = await one.client.console.open(id, { cols: 80, rows: 24, client })
  let answered = 0
  const send = async (plane: ControlPlaneProcess, index: number) => {
    const data = Buffer.from(batches[index] ?? []).toString('base64')
    const { acked } = await plane.client.console.input(id, { client, epoch, seq: expected + index, data })
    answered = Math.max(answered, acked - expected + 1)
  }

  const killAt = random.between(batchCount / 4, (batchCount * 3) / 4)
  await Promise.all([one, other].map((plane) => sendShuffled(plane, 0, killAt, random, send)))
  const dying = [one, other].map((plane) => sendShuffled(plane, killAt, batchCount, random, send))
  const ended = Promise.allSettled(dying)
  const dieAt = killAt + random.between(1, 60)
  while (answered < dieAt) await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([one.kill(), other.killGroup()])
  await ended
  const third = await start()
  planes.splice(0, planes.length, third)
  const opened = await third.client.console.open(id, { cols: 80, rows: 24, client })
  const reached = opened.expected - expected
  const from = Math.max(0, reached - 20)
  await sendShuffled(third, from, batchCount, random, send)

  await eventually('all bytes', async () => (await outputOf(third, id, 'ls')).split('\n').includes('ended'))
  process.stdout.write(`two control planes: killed at batch ${dieAt}, the worker had ${reached}\n`)
  expect(opened.epoch).toBe(epoch)
  expect(reached).toBeGreaterThanOrEqual(dieAt)
  const printed = await outputOf(third, id, 'sha256sum <received; wc -c <received')
  const [digest, size] = printed.split(/\s+-?\s*/)
  expect({ digest, size: Number(size) }).toEqual(digestOf(all))
})

function start(): Promise<ControlPlaneProcess> {
  return startControlPlane({ data, environment: { DATABASE_URL: postgres.url } })
}

/** Sends batches `from` to `to` in windows of eight whose order is shuffled, each answered before the next. */
async function sendShuffled(
  plane: ControlPlaneProcess,
  from: number,
  to: number,
  random: Random,
  send: (plane: ControlPlaneProcess, index: number) => Promise<unknown>,
): Promise<void> {
  for (let start = from; start < to; start += 8) {
    const window = Array.from({ length: Math.min(8, to - start) }, (_, index) => start + index)
    const order = window
      .map((index) => ({ index, place: random.next() }))
      .sort((left, right) => left.place - right.place)
    await Promise.all(order.map(({ index }) => send(plane, index)))
  }
}
