import type { StoredRunEvent } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { RunChanges } from './run-changes.ts'
import { RunStream } from './run-stream.ts'

it('tells everything from the beginning, then what is added, until the end', async () => {
  const run = aRun(['a', 'b'])
  const told = run.stream()

  expect((await told.next()).value).toMatchObject({ event: 'message', id: '1', data: { text: 'a' } })
  expect((await told.next()).value).toMatchObject({ id: '2' })
  const next = told.next()
  run.add('c')
  expect((await next).value).toMatchObject({ id: '3', data: { text: 'c', at: 'now' } })
  run.end()

  expect((await told.next()).value).toMatchObject({ event: 'end', id: '4' })
  expect(await told.next()).toEqual({ done: true, value: undefined })
})

it('goes on behind the last id', async () => {
  const run = aRun(['a', 'b', 'c'])

  expect((await run.stream('2').next()).value).toMatchObject({ id: '3' })
})

it.each(['x', '-1', '1.5', '99999999999'])('begins anew for the id %s, which it never gave', async (id) => {
  expect((await aRun(['a']).stream(id).next()).value).toMatchObject({ id: '1' })
})

it('ends with its reader', async () => {
  const leaving = new AbortController()
  const next = aRun([]).stream(undefined, leaving.signal).next()
  leaving.abort()

  expect(await next).toEqual({ done: true, value: undefined })
})

it('tells more events than are read at once', async () => {
  const run = aRun(Array.from({ length: 450 }, (_, index) => String(index)))
  run.end()

  const told = []
  for await (const { id } of run.stream()) told.push(id)

  expect(told).toEqual(Array.from({ length: 451 }, (_, index) => String(index + 1)))
})

function aRun(texts: string[]) {
  const events: StoredRunEvent[] = []
  const changes = new RunChanges()
  const add = (text: string) => {
    events.push({ event: 'message', data: { text }, seq: events.length + 1, at: 'now' })
    changes.announce('r1')
  }
  texts.forEach(add)
  const runs = {
    eventsAfter: async (_id: string, seq: number, limit: number) =>
      events.filter((event) => event.seq > seq).slice(0, limit),
  }
  return {
    add,
    end() {
      const data = { state: 'done' as const, detail: null, exitCode: 0, cause: null }
      events.push({ event: 'end', data, seq: events.length + 1, at: 'now' })
      changes.announce('r1')
    },
    stream: (after?: string, signal = new AbortController().signal) =>
      new RunStream(runs, changes).stream('r1', after, signal),
  }
}
