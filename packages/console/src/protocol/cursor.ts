/** A place in a console's log: between two things it says. */
export interface Cursor {
  /** Which machine and session, hashed. */
  readonly console: string
  readonly epoch: string
  readonly log: string
  readonly offset: number
  /** Its reader was shown a screen whose pen was a guess; absent where it was not. */
  readonly isGuess?: true
}

export function formatCursor({ console, epoch, log, offset, isGuess }: Cursor): string {
  return `${console}.${epoch}.${log}.${offset.toString(36)}${isGuess ? '.g' : ''}`
}

/** Reads what `formatCursor` wrote; null for anything else. */
export function parseCursor(text: string): Cursor | null {
  const parts = /^([0-9a-f]{16})\.([0-9a-z]{1,32})\.([0-9a-z]{1,32})\.([0-9a-z]{1,11})(\.g)?$/.exec(text)
  if (parts === null) return null
  const [, console = '', epoch = '', log = '', offset = '', guess] = parts
  return { console, epoch, log, offset: Number.parseInt(offset, 36), ...(guess && { isGuess: true }) }
}
