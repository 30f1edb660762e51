import type { UpstreamManifest } from '@agent-machines/core'
import type { Providers } from '../fleet/machine-access.ts'
import type { CredentialDefinition, EnvironmentCredentials } from '../store/secrets/credential-service.ts'

/** Every credential there can be: one per upstream, and those the substrates ask for. */
export function credentialDefinitions(
  upstreams: readonly UpstreamManifest[],
  providers: Providers,
): CredentialDefinition[] {
  const models = upstreams.map(({ credential, label }) => ({
    name: credential,
    label: `${label} key`,
    kind: 'upstream' as const,
    opens: label,
  }))
  const substrates = [...providers.values()].flatMap(({ manifest }) =>
    manifest.credentials.map(({ name, label }) => ({
      name,
      label,
      kind: 'substrate' as const,
      opens: manifest.label,
    })),
  )
  return [...models, ...substrates]
}

/** Credentials under the vendors' own names; `X_API_KEY` takes its base URL from `X_BASE_URL`. */
export function credentialsFromEnvironment(
  definitions: readonly CredentialDefinition[],
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentCredentials {
  const found = definitions.flatMap(({ name }) => {
    const value = environment[name]
    if (!value) return []
    const baseUrl = environment[name.replace(/_API_KEY$/, '_BASE_URL')]
    return [[name, { value, ...(baseUrl && baseUrl !== value ? { baseUrl } : {}) }] as const]
  })
  return Object.fromEntries(found)
}
