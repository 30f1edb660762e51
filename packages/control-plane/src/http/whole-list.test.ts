import { expect, it } from 'vitest'
import { pageOfDated, pageOfWhole } from './whole-list.ts'

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

it('goes on behind an item that is gone by then', () => {
  const dated = ['e', 'd', 'c', 'b', 'a'].map((id) => ({
    id,
    createdAt: `2026-01-0${id === 'a' ? 1 : 2}T00:00:00Z`,
  }))
  const first = pageOfDated(dated, { limit: 2 })
  const left = dated.filter(({ id }) => id !== 'd' && id !== 'e')
  const second = pageOfDated(left, { limit: 2, cursor: first.nextCursor ?? '' })
  const third = pageOfDated(left, { limit: 2, cursor: second.nextCursor ?? '' })

  const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id)
  expect([first, second, third].map(idsOf)).toEqual([['e', 'd'], ['c', 'b'], ['a']])
  expect(third.nextCursor).toBeNull()
})
