import { AgentMachinesError } from '@agent-machines/core'

/** The last row of a page: the next one starts after it, newest first. */
export interface PageCursor {
  readonly createdAt: Date
  readonly id: string
}

/** An opaque string for the outside. */
export function formatPageCursor({ createdAt, id }: PageCursor): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url')
}

/** Throws `REQUEST_INVALID` for anything `formatPageCursor` did not make. */
export function parsePageCursor(text: string): PageCursor {
  const match = /^(\d{1,15})\.([\x21-\x7e]+)$/.exec(Buffer.from(text, 'base64url').toString())
  const [, time, id] = match ?? []
  if (time === undefined || id === undefined) {
    throw foreignCursor()
  }
  return { createdAt: new Date(Number(time)), id }
}

export function foreignCursor(): AgentMachinesError {
  return new AgentMachinesError('REQUEST_INVALID', 'The cursor is not one this server gave.', {
    details: { errors: [{ path: 'cursor', message: 'Not a cursor of this list.' }] },
  })
}
