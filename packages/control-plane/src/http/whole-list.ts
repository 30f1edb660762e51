import type { Page, PageQuery } from '@agent-machines/core'
import { foreignCursor, formatPageCursor, type PageCursor, parsePageCursor } from '../store/page-cursor.ts'

/** A page of a list that is at hand as a whole. The cursor is the id of the last item of the page before. */
export function pageOfWhole<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  { limit, cursor }: PageQuery,
): Page<T> {
  const cursors = items.map((item) => Buffer.from(idOf(item)).toString('base64url'))
  const start = cursor === undefined ? 0 : cursors.indexOf(cursor) + 1
  if (cursor !== undefined && start === 0) throw foreignCursor()
  const end = start + limit
  const nextCursor = end < items.length ? (cursors[end - 1] ?? null) : null
  return { items: items.slice(start, end), nextCursor }
}

/** As `pageOfWhole`, of items newest first that may be gone when the next page is asked for. */
export function pageOfDated<T extends { readonly createdAt: string; readonly id: string }>(
  items: readonly T[],
  { limit, cursor }: PageQuery,
): Page<T> {
  const after = cursor === undefined ? undefined : parsePageCursor(cursor)
  const left = items.filter((item) => after === undefined || isBefore(placeOf(item), after))
  const page = left.slice(0, limit)
  const last = page.at(-1)
  return { items: page, nextCursor: left.length > limit && last ? formatPageCursor(placeOf(last)) : null }
}

const placeOf = ({ createdAt, id }: { readonly createdAt: string; readonly id: string }): PageCursor => ({
  createdAt: new Date(createdAt),
  id,
})

function isBefore(one: PageCursor, other: PageCursor): boolean {
  const between = one.createdAt.getTime() - other.createdAt.getTime()
  return between < 0 || (between === 0 && one.id < other.id)
}
