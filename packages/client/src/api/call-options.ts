export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ListOptions extends CallOptions {
  /** 1 to 200, 50 unless told. */
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export function listQueryOf(options: ListOptions): Record<string, string | number | undefined> {
  return { limit: options.limit, cursor: options.cursor }
}
