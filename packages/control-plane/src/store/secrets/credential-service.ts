import { AgentMachinesError, type CredentialStatus, type Protocol } from '@agent-machines/core'
import {
  type CredentialInput,
  type CredentialStore,
  last4Of,
  type StoredCredential,
} from './credential-store.ts'

/** A credential there can be, as manifests declare it. */
export interface CredentialDefinition {
  readonly name: string
  readonly label: string
  readonly kind: CredentialStatus['kind']
  /** Label of the upstream or substrate it opens. */
  readonly opens: string
}

/** Values found in the environment, by credential name; they win over stored ones. */
export type EnvironmentCredentials = Readonly<
  Record<string, { readonly value: string; readonly baseUrl?: string | undefined } | undefined>
>

export interface ResolvedCredential {
  readonly value: string
  readonly baseUrl: string | null
  readonly protocols: Protocol[] | null
}

export interface CredentialServiceOptions {
  readonly store: CredentialStore
  readonly definitions: readonly CredentialDefinition[]
  readonly environment: EnvironmentCredentials
}

/** Stored and environment-given credentials as one list; only `resolve` gives a value away. */
export class CredentialService {
  readonly #store: CredentialStore
  readonly #definitions: readonly CredentialDefinition[]
  readonly #environment: EnvironmentCredentials

  constructor({ store, definitions, environment }: CredentialServiceOptions) {
    this.#store = store
    this.#definitions = definitions
    this.#environment = environment
  }

  /** One status per definition; `usedBy` holds machine names by credential name. */
  async list(
    workspace: string,
    usedBy: ReadonlyMap<string, readonly string[]> = new Map(),
  ): Promise<CredentialStatus[]> {
    const stored = new Map((await this.#store.list(workspace)).map((row) => [row.name, row]))
    return this.#definitions.map((definition) => ({
      ...definition,
      ...this.#state(definition.name, stored.get(definition.name)),
      usedBy: [...(usedBy.get(definition.name) ?? [])],
    }))
  }

  async put(workspace: string, name: string, input: CredentialInput): Promise<void> {
    this.#requireChangeable(name)
    await this.#store.put(workspace, name, input)
  }

  /** Removing what is not stored is harmless. */
  async remove(workspace: string, name: string): Promise<void> {
    this.#requireChangeable(name)
    await this.#store.remove(workspace, name)
  }

  /** The credential to use now; undefined when it is not configured. */
  async resolve(workspace: string, name: string): Promise<ResolvedCredential | undefined> {
    const stored = (await this.#store.list(workspace)).find((row) => row.name === name)
    const given = this.#environment[name]
    const baseUrl = given?.baseUrl ?? stored?.baseUrl ?? null
    const protocols = stored?.protocols ?? null
    if (given !== undefined) return { value: given.value, baseUrl, protocols }
    const value = stored && (await this.#store.value(workspace, name))
    return value === undefined ? undefined : { value, baseUrl, protocols }
  }

  #state(name: string, stored: StoredCredential | undefined) {
    const given = this.#environment[name]
    const shared = {
      baseUrl: given?.baseUrl ?? stored?.baseUrl ?? null,
      protocols: stored?.protocols ?? null,
    }
    if (given !== undefined) {
      const source = 'environment' as const
      return { ...shared, configured: true, source, last4: last4Of(given.value), updatedAt: null }
    }
    if (stored === undefined)
      return { ...shared, configured: false, source: null, last4: null, updatedAt: null }
    const updatedAt = stored.updatedAt.toISOString()
    return { ...shared, configured: true, source: 'stored' as const, last4: stored.last4, updatedAt }
  }

  #requireChangeable(name: string): void {
    if (!this.#definitions.some((definition) => definition.name === name)) {
      throw new AgentMachinesError('CREDENTIAL_UNKNOWN', `No credential is called ${name}.`, {
        details: { name },
      })
    }
    if (this.#environment[name] !== undefined) {
      throw new AgentMachinesError(
        'CREDENTIAL_FROM_ENVIRONMENT',
        `${name} is set in the environment of the control plane.`,
        { details: { name } },
      )
    }
  }
}
