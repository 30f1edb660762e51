/** One server-sent event; `id` is what `Last-Event-ID` brings back. */
export interface ServerEvent {
  readonly event: string
  readonly id?: string
  readonly data: unknown
}
