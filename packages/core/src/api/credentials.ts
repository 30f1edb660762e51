import { z } from 'zod'
import { credentialHint, credentialPattern } from '../machine/field-rules.ts'
import { protocolSchema } from '../runtime/runtime-manifest.ts'

/** What may be told about a credential; the value never leaves the vault. */
export const credentialStatusSchema = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['upstream', 'substrate']),
  /** Label of the upstream or substrate it opens. */
  opens: z.string(),
  configured: z.boolean(),
  source: z.enum(['environment', 'stored']).nullable(),
  last4: z.string().nullable(),
  baseUrl: z.string().nullable(),
  protocols: z.array(protocolSchema).nullable(),
  updatedAt: z.string().nullable(),
  /** Names of machines that use it. */
  usedBy: z.array(z.string()),
})
export type CredentialStatus = z.infer<typeof credentialStatusSchema>

/** What a saved credential means for the machines that use it; null where none does. */
export function describeUsers([first, ...others]: readonly string[]): string | null {
  if (first === undefined) return null
  const machines = others.length === 0 ? `${first} gets` : `${others.length + 1} machines get`
  return `${machines} it now; an agent that runs already uses it once it is reloaded.`
}

export const putCredentialSchema = z.strictObject({
  /** Empty only where the endpoint needs no key. */
  value: z.string().max(8192).regex(credentialPattern, credentialHint),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  protocols: z.array(protocolSchema).min(1).optional(),
})
export type PutCredential = z.infer<typeof putCredentialSchema>

/** What to try an upstream with; what is stored counts where nothing is said. */
export const checkCredentialSchema = putCredentialSchema.partial()
export type CheckCredential = z.infer<typeof checkCredentialSchema>
