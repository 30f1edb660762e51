import type { Page, PageQuery } from '@agent-machines/core'
import { foreignCursor } from '../store/page-cursor.ts'

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
