import type { CredentialStatus, SubstrateProbe } from '@agent-machines/core'

/** What was seen of this computer, before anybody judges it. */
export interface DoctorFacts {
  /** Such as `20.20.2`. */
  readonly nodeVersion: string
  /** What `tmux -V` says; null without tmux. */
  readonly tmuxVersion: string | null
  /** The command that installs what is missing; null when nothing is, or nobody knows. */
  readonly installLine: string | null
  readonly substrates: readonly { readonly label: string; readonly probe: SubstrateProbe }[]
  readonly dataDirectory: {
    readonly path: string
    readonly problem: string | null
    readonly freeBytes: number
  }
  readonly port: {
    readonly number: number
    readonly state: 'free' | 'ours' | 'taken'
    /** Such as `nginx (process 812)`; null where nobody is seen. */
    readonly holder: string | null
  }
  readonly database: DatabaseFacts
  /** Those of the environment; values are looked at here and go nowhere. */
  readonly credentials: readonly { readonly name: string; readonly value: string }[]
  /** What the running control plane keeps; null where none could be asked. */
  readonly kept: readonly CredentialStatus[] | 'refused' | null
}

export interface DatabaseFacts {
  readonly kind: 'embedded' | 'server'
  readonly problem: string | null
  /** Of the embedded package, or of the server. */
  readonly version: string | null
  /** The control plane that has the embedded one open. */
  readonly holder: { readonly pid: number; readonly since: string; readonly address: string | null } | null
}
