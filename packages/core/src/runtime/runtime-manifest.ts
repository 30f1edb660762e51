import { z } from 'zod'

/** The wire protocols in which agents and model sources talk. */
export const protocols = ['anthropic-messages', 'openai-responses', 'openai-chat'] as const
export const protocolSchema = z.enum(protocols)
export type Protocol = z.infer<typeof protocolSchema>

export const protocolLabels: Readonly<Record<Protocol, string>> = {
  'anthropic-messages': 'Anthropic Messages',
  'openai-responses': 'OpenAI Responses',
  'openai-chat': 'OpenAI Chat Completions',
}

/** What a form, a listing and the gate know about a runtime. */
export interface RuntimeManifest {
  readonly id: string
  readonly label: string
  readonly summary: string
  /** In order of preference; empty when the runtime needs no model. */
  readonly protocols: readonly Protocol[]
  /** False for a plain shell. */
  readonly hasAgent: boolean
  /** True for one that has no model of its own choice. */
  readonly modelRequired?: boolean | undefined
}

/** A model source as the gate and the forms see it. */
export interface UpstreamManifest {
  readonly id: string
  readonly label: string
  readonly summary: string
  /** Served protocols; for the custom endpoint they come with its credential. */
  readonly protocols: readonly Protocol[]
  /** Name of the credential, also of the environment variable. */
  readonly credential: string
  /** False when an endpoint without a key is fine. */
  readonly keyRequired: boolean
  /** Null when the person names it. Without a trailing slash and without `/v1`. */
  readonly baseUrl: string | null
  /** True where models have names of their own, so that no runtime's default is one of them. */
  readonly modelRequired: boolean
  /** True where the list of models is shown to anybody, and so says nothing about a key. */
  readonly listIsOpen: boolean
  /** Suggestion shown in forms; the runtime's own default applies when the model is left empty. */
  readonly models: readonly string[]
}
