import type { FleetEvent } from '@agent-machines/client'

/** What a tab says to whoever reads the stream. */
export type TabMessage = { readonly kind: 'join'; readonly proof: string } | { readonly kind: 'leave' }

/** What the reader of the stream says to every tab. */
export type LiveMessage =
  | { readonly kind: 'event'; readonly event: FleetEvent }
  /** The stream ended for good; `signedOut` when the session did. */
  | { readonly kind: 'ended'; readonly signedOut: boolean }
