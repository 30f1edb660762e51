import { AgentMachinesError, listQuerySchema, type Page } from '@agent-machines/core'
import type { z } from 'zod'

export const wholeListQuery = listQuerySchema.omit({ include: true })

/** A page of a list that is at hand as a whole. The cursor is the id of the last item of the page before. */
export function pageOfWhole<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  { limit, cursor }: z.infer<typeof wholeListQuery>,
): Page<T> {
  const before = cursor === undefined ? -1 : items.findIndex((item) => cursorOf(idOf(item)) === cursor)
  if (cursor !== undefined && before === -1) {
    throw new AgentMachinesError('REQUEST_INVALID', 'The cursor is not one of this list any more.', {
      details: { errors: [{ path: 'cursor', message: 'Not a cursor of this list.' }] },
    })
  }
  const page = items.slice(before + 1, before + 1 + limit)
  const last = page.at(-1)
  const isMore = before + 1 + limit < items.length
  return { items: page, nextCursor: isMore && last !== undefined ? cursorOf(idOf(last)) : null }
}

function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url')
}
