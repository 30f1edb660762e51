/** Nobody reads the output any more (`am list | head -1`): nothing is left to do, and nothing went wrong. */
export class OutputClosed extends Error {
  constructor() {
    super('Nobody reads the output any more.')
    this.name = 'OutputClosed'
  }
}

/** For a `catch` where the work goes on without a reader. */
export function unlessClosed(error: unknown): void {
  if (!(error instanceof OutputClosed)) throw error
}
