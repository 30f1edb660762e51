import { describeProvider } from '../conformance/index.ts'
import { aLocalPlace } from './testing/local-fixture.ts'

describeProvider('the local provider', async () => {
  const place = await aLocalPlace()
  return {
    provider: place.provider(),
    peer: place.provider(),
    secrets: ['sesame-open-7f3a'],
    cleanUp: place.remove,
  }
})

describeProvider('the local provider without a sandbox', async () => {
  const place = await aLocalPlace()
  const options = { allowUnisolated: true }
  return {
    provider: place.withoutSandbox(options),
    peer: place.withoutSandbox(options),
    secrets: ['sesame-open-7f3b'],
    cleanUp: place.remove,
  }
})
