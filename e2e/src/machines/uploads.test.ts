import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlaneProcess,
  removeControlPlane,
  startControlPlane,
} from '../testing/control-plane-process.ts'
import { deployMachine, outputOf, untilState } from '../testing/machines.ts'
import { randomFrom } from '../testing/random.ts'

const limitBytes = 25 * 1024 * 1024

let plane: ControlPlaneProcess

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(() => removeControlPlane(plane))

it('puts a file on the machine exactly, for its user alone, and never over another', async () => {
  const { id } = await deployMachine(plane)
  const bytes = Uint8Array.from(randomFrom(7).bytes(300_000))
  const digest = createHash('sha256').update(bytes).digest('hex')

  const first = await plane.client.machines.upload(id, 'My Photo.PNG', bytes)
  const second = await plane.client.machines.upload(id, '../../My Photo.PNG', bytes)
  const empty = await plane.client.machines.upload(id, 'empty', new Uint8Array())

  expect(first.bytes).toBe(bytes.length)
  expect(basename(first.path)).toMatch(/^My-Photo-[0-9a-f]{8}\.PNG$/)
  expect(second.path).not.toBe(first.path)
  expect(empty.bytes).toBe(0)
  for (const { path } of [first, second]) {
    expect(await outputOf(plane, id, `sha256sum '${path}' | cut -d' ' -f1`)).toBe(digest)
    expect(await outputOf(plane, id, `stat -c '%a %s' '${path}'`)).toBe(`600 ${bytes.length}`)
  }
})

it('takes 25 MiB and refuses more before it is read', async () => {
  const { id } = await deployMachine(plane)
  const upload = (headers: Record<string, string>, body: BodyInit) =>
    fetch(`${plane.url}/api/v1/machines/${id}/uploads?name=large`, {
      method: 'POST',
      headers: { authorization: `Bearer ${plane.apiKey}`, ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    })

  const allowed = await plane.client.machines.upload(id, 'large', new Uint8Array(limitBytes))
  const declared = await upload({}, new Uint8Array(limitBytes + 1))
  const undeclared = await upload({}, endless())

  expect(await outputOf(plane, id, `stat -c %s '${allowed.path}'`)).toBe(String(limitBytes))
  for (const answer of [declared, undeclared]) {
    expect(await answer.json()).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 })
  }
})

it('refuses a machine that is asleep', async () => {
  const { id } = await deployMachine(plane)
  await plane.client.machines.sleep(id)
  await untilState(plane, id, ['asleep'])

  const upload = plane.client.machines.upload(id, 'late', new Uint8Array(1))

  await expect(upload).rejects.toMatchObject({ code: 'MACHINE_ASLEEP' })
})

/** A body of unknown length that goes on for as long as somebody reads it. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)) })
}
