import { z } from 'zod'
import type { CredentialStatus } from '../api/credentials.ts'
import type { SubstrateManifest, SubstrateProbe } from '../provider/machine-provider.ts'
import {
  type Protocol,
  protocolLabels,
  protocolSchema,
  type RuntimeManifest,
  type UpstreamManifest,
} from '../runtime/runtime-manifest.ts'

export const gateReasonSchema = z.object({
  axis: z.enum(['runtime', 'substrate', 'upstream', 'model']),
  code: z.enum([
    'key-missing',
    'endpoint-missing',
    'protocol-mismatch',
    'model-missing',
    'substrate-problem',
  ]),
  message: z.string(),
  fix: z.string(),
  /** The credential that lifts it, where one does. */
  credential: z.string().optional(),
})
export type GateReason = z.infer<typeof gateReasonSchema>

export const gateVerdictSchema = z.object({
  state: z.enum(['ready', 'blocked']),
  upstream: z.string().nullable(),
  protocol: protocolSchema.nullable(),
  reasons: z.array(gateReasonSchema),
})
export type GateVerdict = z.infer<typeof gateVerdictSchema>

export interface GateInput {
  readonly runtime: RuntimeManifest
  readonly substrate: SubstrateManifest
  readonly probe: Pick<SubstrateProbe, 'problems'>
  /** All that can be chosen; used when `upstream` is null. */
  readonly upstreams: readonly UpstreamManifest[]
  readonly upstream: UpstreamManifest | null
  readonly model: string | null
  readonly credentials: readonly CredentialStatus[]
}

/**
 * Whether this combination can run, and what is missing if not.
 *
 * Decides by wire protocol, never by vendor. Without a chosen upstream it takes the first one that works,
 * else it reports on one that lacks nothing but a model, or on the first that at least speaks the runtime's protocol.
 */
export function decideGate(input: GateInput): GateVerdict {
  const substrateReasons = reasonsOfSubstrate(input)
  if (input.runtime.protocols.length === 0) return verdict(null, null, substrateReasons)
  const candidates = input.upstream ? [input.upstream] : input.upstreams
  const judged = candidates.map((upstream) => judgeUpstream(upstream, input))
  const best =
    judged.find((each) => each.reasons.length === 0) ??
    judged.find((each) => each.reasons.every(({ code }) => code === 'model-missing')) ??
    judged.find((each) => each.protocol) ??
    judged[0]
  if (!best) return verdict(null, null, substrateReasons)
  return verdict(best.upstream.id, best.protocol, [...best.reasons, ...substrateReasons])
}

/** The protocols `upstream` serves, the custom endpoint's coming with its credential. */
export function protocolsServed(
  upstream: UpstreamManifest,
  credentials: readonly CredentialStatus[],
): readonly Protocol[] {
  if (upstream.protocols.length > 0) return upstream.protocols
  return credentials.find((each) => each.name === upstream.credential)?.protocols ?? []
}

function judgeUpstream(upstream: UpstreamManifest, input: GateInput) {
  const status = input.credentials.find((each) => each.name === upstream.credential)
  const served = protocolsServed(upstream, input.credentials)
  const protocol = input.runtime.protocols.find((each) => served.includes(each)) ?? null
  const reasons: GateReason[] = []
  if (upstream.baseUrl === null && !status?.baseUrl) {
    reasons.push({
      axis: 'upstream',
      code: 'endpoint-missing',
      message: `${upstream.label} has no address yet.`,
      fix: `Add its URL under Settings, or run \`am credentials set ${upstream.credential} --base-url URL --protocols P\`.`,
      credential: upstream.credential,
    })
    return { upstream, protocol, reasons }
  }
  if (!protocol) {
    reasons.push({
      axis: 'upstream',
      code: 'protocol-mismatch',
      message: `${upstream.label} serves ${list(served)}. ${input.runtime.label} speaks ${list(input.runtime.protocols)}.`,
      fix: `Choose an upstream that serves ${list(input.runtime.protocols)}.`,
    })
  }
  if (upstream.keyRequired && !status?.configured) {
    reasons.push({
      axis: 'upstream',
      code: 'key-missing',
      message: `There is no key for ${upstream.label} yet.`,
      fix: `Add it under Settings, run \`am credentials set ${upstream.credential}\`, or set ${upstream.credential} where \`am up\` starts.`,
      credential: upstream.credential,
    })
  }
  const asksForModel = [input.runtime, upstream].find(({ modelRequired }) => modelRequired)
  if (asksForModel && !input.model) {
    reasons.push({
      axis: 'model',
      code: 'model-missing',
      message: `${asksForModel.label} needs the name of a model.`,
      fix: 'Name the model to ask for.',
    })
  }
  return { upstream, protocol, reasons }
}

function reasonsOfSubstrate({ substrate, probe, credentials }: GateInput): GateReason[] {
  const missing = substrate.credentials
    .filter((field) => field.required && !credentials.find((each) => each.name === field.name)?.configured)
    .map(
      (field): GateReason => ({
        axis: 'substrate',
        code: 'key-missing',
        message: `There is no ${field.label} for ${substrate.label} yet.`,
        fix: `Add it under Settings, or run \`am credentials set ${field.name}\`.`,
        credential: field.name,
      }),
    )
  const problems = probe.problems.map(
    (problem): GateReason => ({ axis: 'substrate', code: 'substrate-problem', ...problem }),
  )
  return [...missing, ...problems]
}

function verdict(upstream: string | null, protocol: Protocol | null, reasons: GateReason[]): GateVerdict {
  return { state: reasons.length === 0 ? 'ready' : 'blocked', upstream, protocol, reasons }
}

function list(names: readonly Protocol[]): string {
  return names.length === 0 ? 'no protocol yet' : names.map((each) => protocolLabels[each]).join(' and ')
}
