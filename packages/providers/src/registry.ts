import type { MachineProvider } from '@agent-machines/core'
import type { LocalProviderOptions } from './local/local-options.ts'
import { createLocalProvider } from './local/local-provider.ts'

export interface ProviderOptions {
  readonly local: LocalProviderOptions
}

/** Every substrate by its id, in the order in which people choose. */
export function createProviders(options: ProviderOptions): ReadonlyMap<string, MachineProvider> {
  const providers = [createLocalProvider(options.local)]
  return new Map(providers.map((provider) => [provider.manifest.id, provider]))
}
