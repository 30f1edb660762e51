import { expect, it } from 'vitest'
import { pageOfWhole } from './whole-list.ts'

const letters = [...'abcde']
const page = (limit: number, cursor?: string) =>
  pageOfWhole(letters, (letter) => letter, { limit, ...(cursor === undefined ? {} : { cursor }) })

it('gives every item once, page by page', () => {
  const first = page(2)
  const second = page(2, first.nextCursor ?? '')
  const third = page(2, second.nextCursor ?? '')

  expect([first.items, second.items, third.items]).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(third.nextCursor).toBeNull()
})

it('has no next page when the last one is full', () => {
  expect(page(5)).toEqual({ items: letters, nextCursor: null })
})

it('refuses a cursor that it did not give', () => {
  expect(() => page(2, 'nonsense')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }))
})
