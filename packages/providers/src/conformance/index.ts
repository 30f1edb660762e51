export { describeProvider } from './describe-provider.ts'
export type { ProviderFixture } from './provider-fixture.ts'
