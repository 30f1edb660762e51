import { expect, it } from 'vitest'
import { Outbox } from './outbox.ts'

it('carries again what another flight in the air has not delivered yet', () => {
  const outbox = new Outbox()
  outbox.add(['a'])
  const first = outbox.depart()
  outbox.add(['b'])
  const second = outbox.depart()

  expect(first?.lines).toEqual(['a'])
  expect(second?.lines).toEqual(['a', 'b'])
  expect(outbox.depart()).toBeNull()
})

it('forgets what was delivered by either flight', () => {
  const outbox = new Outbox()
  outbox.add(['a'])
  const first = outbox.depart()
  outbox.add(['b'])
  outbox.depart()?.landed(true)
  first?.landed(false)
  outbox.add(['c'])

  expect(outbox.depart()?.lines).toEqual(['c'])
})

it('sends again, in order, what no flight delivered', () => {
  const outbox = new Outbox()
  outbox.add(['a', 'b'])
  outbox.depart()?.landed(false)
  outbox.add(['c', 'a'])

  expect(outbox.depart()?.lines).toEqual(['a', 'b', 'c', 'a'])
})

it('carries at once what is handed over again while a flight is out, and only then', () => {
  const outbox = new Outbox()
  outbox.add(['a', 'b'])
  outbox.depart()
  outbox.add(['b'])
  const again = outbox.depart()

  expect(again?.lines).toEqual(['a', 'b'])
  expect(outbox.depart()).toBeNull()
})

it('keeps a flight small, and never leaves a line behind for its size', () => {
  const outbox = new Outbox()
  const long = 'x'.repeat(70_000)
  outbox.add([long, 'a'])

  const first = outbox.depart()
  expect(first?.lines).toEqual([long])
  expect(outbox.depart()).toBeNull()
  first?.landed(true)
  expect(outbox.depart()?.lines).toEqual(['a'])
})
