import type { Me } from '@agent-machines/core'

/** Who makes a request, once it is known. */
export interface Principal {
  readonly kind: Me['principal']
  /** Of the session or the API key. */
  readonly id: string
  readonly workspace: string
}
