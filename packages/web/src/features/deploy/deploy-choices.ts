import {
  type CredentialStatus,
  decideGate,
  type GateReason,
  type GateVerdict,
  protocolLabels,
  protocolsServed,
  type RuntimeEntry,
  type SubstrateEntry,
  type UpstreamEntry,
} from '@agent-machines/core'

/** All that the three axes are made of. */
export interface Catalogue {
  readonly runtimes: readonly RuntimeEntry[]
  readonly substrates: readonly SubstrateEntry[]
  readonly upstreams: readonly UpstreamEntry[]
  readonly credentials: readonly CredentialStatus[]
}

/** What a person picked; null leaves it to us. */
export interface Picks {
  readonly runtime: string | null
  readonly substrate: string | null
  readonly upstream: string | null
  readonly model: string
}

export interface Choice {
  readonly id: string
  readonly label: string
  readonly says: string
  /** How far it is kept apart, where that matters. */
  readonly kept?: string
  /** Empty when it can be chosen. */
  readonly reasons: readonly GateReason[]
}

export interface Choices {
  readonly runtimes: readonly Choice[]
  readonly substrates: readonly Choice[]
  /** Null when the runtime needs no model. */
  readonly upstreams: readonly Choice[] | null
  readonly chosen: {
    readonly runtime: RuntimeEntry
    readonly substrate: SubstrateEntry
    readonly upstream: UpstreamEntry | null
  }
  readonly verdict: GateVerdict
}

/** What can be chosen beside what is chosen, each refusal with its reason; null without a catalogue. */
export function choicesOf(catalogue: Catalogue, picks: Picks): Choices | null {
  const runtimes = readyFirst(catalogue.runtimes.map((runtime) => runtimeChoice(runtime, catalogue)))
  const substrates = readyFirst(catalogue.substrates.map((each) => substrateChoice(each, catalogue)))
  const runtime = byId(catalogue.runtimes, pickOf(runtimes, picks.runtime))
  const substrate = byId(catalogue.substrates, pickOf(substrates, picks.substrate))
  if (!runtime || !substrate) return null
  const needsModel = runtime.protocols.length > 0
  const upstreams = needsModel
    ? readyFirst(catalogue.upstreams.map((each) => upstreamChoice(each, runtime, catalogue)))
    : null
  const upstream = upstreams ? byId(catalogue.upstreams, pickOf(upstreams, picks.upstream)) : null
  const model = picks.model === '' ? null : picks.model
  const verdict = judge({ catalogue, runtime, substrate, upstream, model })
  return { runtimes, substrates, upstreams, chosen: { runtime, substrate, upstream }, verdict }
}

interface Combination {
  readonly catalogue: Catalogue
  readonly runtime: RuntimeEntry
  readonly substrate: SubstrateEntry
  readonly upstream: UpstreamEntry | null
  readonly model: string | null
}

function judge({ catalogue, runtime, substrate, upstream, model }: Combination): GateVerdict {
  const problems = substrate.reasons.filter((reason) => reason.code === 'substrate-problem')
  const { upstreams, credentials } = catalogue
  const manifest = { ...substrate, takesHostPath: substrate.hostPath }
  return decideGate({
    runtime,
    substrate: manifest,
    probe: { problems },
    upstreams,
    upstream,
    model,
    credentials,
  })
}

function runtimeChoice(runtime: RuntimeEntry, catalogue: Catalogue): Choice {
  const substrate = catalogue.substrates[0]
  const verdict = substrate && judge({ catalogue, runtime, substrate, upstream: null, model: null })
  const reasons = verdict?.reasons.filter((reason) => reason.axis === 'upstream') ?? []
  const own = runtime.reasons.filter((reason) => reason.axis === 'runtime')
  return { id: runtime.id, label: runtime.label, says: speaksOf(runtime), reasons: [...own, ...reasons] }
}

function substrateChoice(substrate: SubstrateEntry, catalogue: Catalogue): Choice {
  const runtime = catalogue.runtimes[0]
  const verdict = runtime && judge({ catalogue, runtime, substrate, upstream: null, model: null })
  const reasons = verdict?.reasons.filter((reason) => reason.axis === 'substrate') ?? []
  const { id, label, summary, isolation, network } = substrate
  return {
    id,
    label,
    says: summary,
    kept: `isolation: ${isolation}, network: ${network}`,
    reasons,
  }
}

function upstreamChoice(upstream: UpstreamEntry, runtime: RuntimeEntry, catalogue: Catalogue): Choice {
  const substrate = catalogue.substrates[0]
  const verdict = substrate && judge({ catalogue, runtime, substrate, upstream, model: null })
  const all = verdict?.reasons.filter((reason) => reason.axis === 'upstream') ?? []
  // A key would not help where the protocols don't meet.
  const mismatch = all.filter((reason) => reason.code === 'protocol-mismatch')
  const reasons = mismatch.length > 0 ? mismatch : all
  return { id: upstream.id, label: upstream.label, says: keyOf(upstream, catalogue), reasons }
}

function speaksOf(runtime: RuntimeEntry): string {
  if (runtime.protocols.length === 0) return 'No agent, no model needed'
  return `Speaks ${runtime.protocols.map((each) => protocolLabels[each]).join(', ')}`
}

function keyOf(upstream: UpstreamEntry, { credentials }: Catalogue): string {
  const status = credentials.find((each) => each.name === upstream.credential)
  const serves = protocolsServed(upstream, credentials).map((each) => protocolLabels[each])
  const address = status?.baseUrl ? hostOf(status.baseUrl) : null
  if (!status?.configured || !status.last4) return address ?? `Serves ${serves.join(', ')}`
  const source = status.source === 'environment' ? ', from environment' : ''
  return `Key ends in ${status.last4}${source}${address ? `, at ${address}` : ''}`
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function readyFirst(choices: Choice[]): Choice[] {
  return choices.sort((left, right) => Math.min(1, left.reasons.length) - Math.min(1, right.reasons.length))
}

/** The picked one while it can be chosen, else the first that can, else the first at all. */
function pickOf(choices: readonly Choice[], picked: string | null): string | undefined {
  const open = choices.filter((choice) => choice.reasons.length === 0)
  return (open.find((choice) => choice.id === picked) ?? open[0] ?? choices[0])?.id
}

function byId<T extends { readonly id: string }>(all: readonly T[], id: string | undefined): T | null {
  return all.find((each) => each.id === id) ?? null
}
