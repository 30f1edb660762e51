export type { LocalProviderOptions } from './local/local-options.ts'
export { createLocalProvider } from './local/local-provider.ts'
export { createProviders, type ProviderOptions } from './registry.ts'
