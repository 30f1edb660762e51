import {
  AgentMachinesError,
  type CredentialStatus,
  decideGate,
  type ErrorCode,
  type GateReason,
  type GateRequest,
  type GateVerdict,
  protocolsServed,
  type RuntimeEntry,
  type SubstrateEntry,
  type UpstreamEntry,
  type UpstreamManifest,
} from '@agent-machines/core'
import type { RuntimeRecipe } from '@agent-machines/runtimes'
import type { Providers } from '../fleet/machine-access.ts'

export interface CatalogueOptions {
  readonly runtimes: readonly RuntimeRecipe[]
  readonly providers: Providers
  readonly upstreams: readonly UpstreamManifest[]
  readonly credentials: () => Promise<readonly CredentialStatus[]>
  /** Whether folders of this computer may be mounted. */
  readonly allowMount: boolean
}

/** What can be chosen on each axis, what is missing for it, and the gate over all three. */
export class Catalogue {
  readonly #options: CatalogueOptions

  constructor(options: CatalogueOptions) {
    this.#options = options
  }

  recipe(id: string): RuntimeRecipe {
    return find(this.#options.runtimes, (each) => each.manifest.id === id, 'RUNTIME_UNKNOWN', id)
  }

  upstream(id: string): UpstreamManifest {
    return find(this.#options.upstreams, (each) => each.id === id, 'UPSTREAM_UNKNOWN', id)
  }

  /** Whether models of this upstream cost what their vendors list; nobody knows it of an address that a person gave. */
  isListPriced(id: string | null): boolean {
    return id !== null && this.upstream(id).baseUrl !== null
  }

  /** Rejects with `RUNTIME_UNKNOWN`, `SUBSTRATE_UNKNOWN` or `UPSTREAM_UNKNOWN`; never with a blocked gate. */
  async gate(request: GateRequest): Promise<GateVerdict> {
    const runtime = this.recipe(request.runtime).manifest
    const provider = this.#options.providers.get(request.substrate)
    if (!provider) throw unknown('SUBSTRATE_UNKNOWN', request.substrate)
    const upstream = request.upstream === undefined ? null : this.upstream(request.upstream)
    const [credentials, probe] = await Promise.all([this.#options.credentials(), provider.probe()])
    return decideGate({
      runtime,
      substrate: provider.manifest,
      probe,
      upstreams: this.#options.upstreams,
      upstream,
      model: request.model ?? null,
      credentials,
    })
  }

  async runtimes(): Promise<RuntimeEntry[]> {
    const credentials = await this.#options.credentials()
    return this.#options.runtimes.map(({ manifest, headless, gateway, installs }) => {
      const { reasons } = decideGate({
        ...anywhere,
        runtime: manifest,
        upstreams: this.#options.upstreams,
        credentials,
      })
      const abilities = { takesRuns: headless !== undefined, hasGateway: gateway !== undefined }
      const versions = installs.map((install) => install.version)
      const version = versions[0] ?? null
      const protocols = [...manifest.protocols]
      return { ...manifest, version, versions, protocols, ...abilities, ...readiness(reasons) }
    })
  }

  async substrates(): Promise<SubstrateEntry[]> {
    const credentials = await this.#options.credentials()
    return Promise.all(
      [...this.#options.providers.values()].map(async (provider) => {
        const { manifest } = provider
        const { problems, ...found } = await provider.probe()
        const shell = { id: '', label: '', summary: '', protocols: [], hasAgent: false }
        const gate = decideGate({
          ...anywhere,
          runtime: shell,
          substrate: manifest,
          probe: { problems },
          credentials,
        })
        const hostPath = manifest.takesHostPath && this.#options.allowMount
        return {
          ...manifest,
          credentials: [...manifest.credentials],
          ...found,
          hostPath,
          ...readiness(gate.reasons),
        }
      }),
    )
  }

  async upstreams(): Promise<UpstreamEntry[]> {
    const credentials = await this.#options.credentials()
    return this.#options.upstreams.map((upstream) => {
      const protocols = protocolsServed(upstream, credentials)
      const listener = { id: '', label: '', summary: '', protocols, hasAgent: true }
      const { reasons } = decideGate({ ...anywhere, runtime: listener, upstream, model: 'any', credentials })
      return {
        ...upstream,
        protocols: [...protocols],
        takesProtocols: upstream.protocols.length === 0,
        models: [...upstream.models],
        ...readiness(reasons),
      }
    })
  }
}

const anywhere = {
  substrate: { id: '', label: '', summary: '', docsPath: '', takesHostPath: false, credentials: [] },
  probe: { problems: [] },
  upstreams: [],
  upstream: null,
  model: 'any',
}

function readiness(reasons: GateReason[]): { readiness: 'ready' | 'blocked'; reasons: GateReason[] } {
  return { readiness: reasons.length === 0 ? 'ready' : 'blocked', reasons }
}

function find<T>(items: readonly T[], matches: (item: T) => boolean, code: ErrorCode, id: string): T {
  const found = items.find(matches)
  if (!found) throw unknown(code, id)
  return found
}

function unknown(code: ErrorCode, id: string): AgentMachinesError {
  return new AgentMachinesError(code, `There is no ${code.split('_')[0]?.toLowerCase()} "${id}".`)
}
