import { expect, it } from 'vitest'
import { InputQueue } from './input-queue.ts'
import { RoundTrip } from './round-trip.ts'

it('holds a batch ahead of its turn until its predecessor was typed, then sends it again', async () => {
  const { queue, written } = aQueue()
  const late = queue.send(aBatch(2))
  queue.onMessage(aNack(2, 0))

  queue.onMessage({ kind: 'ack', hash: 'h', seq: 1, epoch: 'e' })
  queue.onMessage({ kind: 'ack', hash: 'h', seq: 2, epoch: 'e' })

  expect(written).toEqual(['batch 2 e', 'batch 2 e'])
  expect(await late).toEqual({ acked: 2, epoch: 'e' })
})

it('gives up on a predecessor after 2 s and names what it waits for', async () => {
  const { queue, pass } = aQueue()
  const late = queue.send(aBatch(5))
  queue.onMessage(aNack(5, 1))

  pass(2000)

  await expect(late).rejects.toMatchObject({ code: 'INPUT_GAP', details: { expected: 2 } })
})

it('gives up on a predecessor also when the worker is late to say that it misses it', async () => {
  const { queue, pass } = aQueue()
  const late = queue.send(aBatch(5))
  pass(2500)
  queue.onMessage(aNack(5, 1))

  pass(2000)

  await expect(late).rejects.toMatchObject({ code: 'INPUT_GAP', details: { expected: 2 } })
})

it('sends again what was not answered for 250 ms, or for three round trips', async () => {
  const { queue, written, pass } = aQueue()
  const answer = queue.send(aBatch(1))

  pass(250)
  pass(250)
  queue.onMessage(aNack(1, 1))

  expect(written.splice(0)).toEqual(['batch 1 e', 'batch 1 e', 'batch 1 e'])
  expect(await answer).toEqual({ acked: 1, epoch: 'e' })

  void queue.send(aBatch(2))
  pass(1490)
  expect(written).toEqual(['batch 2 e'])
  pass(10)
  expect(written).toEqual(['batch 2 e', 'batch 2 e'])
})

it('gives nothing back for the refusal of an earlier copy while nobody drives', async () => {
  const { queue, written, pass } = aQueue()
  const answer = queue.send(aBatch(1))
  queue.onMessage({ ...aNack(1, 0), driver: null })
  queue.onMessage({ ...aNack(1, 0), driver: null })
  pass(250)

  expect(written.map((line) => line.startsWith('if-shell'))).toEqual([false, true, false, true, false])
  queue.onMessage({ kind: 'ack', hash: 'h', seq: 1, epoch: 'e' })
  expect(await answer).toEqual({ acked: 1, epoch: 'e' })
})

it('answers a batch of another epoch with the one that is, and never types it', async () => {
  const { queue } = aQueue()
  const answer = queue.send({ ...aBatch(3), epoch: 'old' })

  queue.onMessage({ ...aNack(3, 0), epoch: 'new' })

  await expect(answer).rejects.toMatchObject({
    code: 'CONSOLE_RESTARTED',
    details: { epoch: 'new', expected: 1 },
  })
})

function aBatch(seq: number) {
  return {
    claimant: { hash: 'h', client: 'c', label: 'c' },
    seq,
    epoch: undefined,
    line: (guarded: { seq: number; epoch: string }) => `batch ${guarded.seq} ${guarded.epoch}`,
  }
}

function aNack(seq: number, acked: number) {
  const driver = { hash: 'h', driver: { client: 'c', label: 'c', since: '' } }
  return { kind: 'nack', hash: 'h', seq, acked, epoch: 'e', driver, dead: false, inMode: false } as const
}

function aQueue() {
  const written: string[] = []
  const waiting = new Set<{ at: number; run: () => void }>()
  let now = 0
  const queue = new InputQueue({
    timers: {
      now: () => now,
      after: (ms, run) => {
        const entry = { at: now + ms, run }
        waiting.add(entry)
        return () => waiting.delete(entry)
      },
    },
    roundTrip: new RoundTrip(),
    epoch: () => 'e',
    driverHash: () => 'h',
    write: (lines) => {
      written.push(...lines)
      return true
    },
  })
  const pass = (ms: number) => {
    now += ms
    for (const entry of [...waiting]) {
      if (entry.at > now) continue
      waiting.delete(entry)
      entry.run()
    }
  }
  return { queue, written, pass }
}
