import type { MachineProvider, MachineRef, ProvisionRequest } from '@agent-machines/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeAttach } from './attach-cases.ts'
import { describeExec } from './exec-cases.ts'
import { describeWriteFile } from './file-cases.ts'
import { describeLifecycle } from './lifecycle-cases.ts'
import { describeLimits } from './limit-cases.ts'
import { aMachineId, expectCode, MachineUnderTest, type ProviderFixture } from './provider-fixture.ts'
import { describeStreamExec } from './stream-cases.ts'

/**
 * What every substrate promises, as tests.
 *
 * The provider's own capabilities decide: what it declares is exercised, what it does not declare must be
 * refused with `CAPABILITY_UNSUPPORTED`. There is no list of exceptions.
 */
export function describeProvider(name: string, createFixture: () => Promise<ProviderFixture>): void {
  describe(name, async () => {
    const { capabilities, problems, takesCredentials } = await learn(createFixture)
    let made: TrackedFixture | undefined
    const fixture = () => {
      if (made === undefined) throw new Error('the fixture was not made')
      return made
    }
    let shared: MachineUnderTest | undefined
    const machine = () => {
      if (shared === undefined) throw new Error('the shared machine was not provisioned')
      return shared
    }

    beforeAll(async () => {
      expect(problems).toEqual([])
      made = tracked(await createFixture())
      const machineId = aMachineId()
      const env = { AM_TEST_SECRET: made.secrets[0] ?? '' }
      const provisioned = await made.provider.provision({ machineId, spec: {}, env })
      shared = new MachineUnderTest(made.provider, machineId, provisioned)
    })

    afterAll(async () => {
      if (made === undefined) return
      for (const ref of made.machines) await made.provider.destroy(ref)
      await made.cleanUp()
    })

    it('promises the same when probed and when provisioned', () => {
      expect(machine().provisioned.capabilities).toEqual(capabilities)
      expect(machine().provisioned.home).toMatch(/^\//)
    })

    describe('exec', () => describeExec(fixture, machine))
    describe('streamExec', () => {
      if (capabilities.streamExec) describeStreamExec(fixture, machine)
      else refusesStreaming(machine)
    })
    describe('attach', () => {
      if (capabilities.attach) describeAttach(fixture, machine)
      else refusesAttaching(machine)
    })
    describe('writeFile', () => describeWriteFile(machine))
    describe('lifecycle', () => describeLifecycle(fixture, capabilities))
    const { limits } = capabilities
    if (limits.pids || limits.memory) describe('limits', () => describeLimits(fixture, capabilities))
    if (takesCredentials) describeCredentials(fixture)
  })
}

/** What decides which tests there are; of a fixture of its own, because none may run and clean up after it. */
async function learn(createFixture: () => Promise<ProviderFixture>) {
  const { provider, cleanUp } = await createFixture()
  try {
    const { capabilities, problems } = await provider.probe()
    return { capabilities, problems, takesCredentials: provider.manifest.credentials.length > 0 }
  } finally {
    await cleanUp()
  }
}

type TrackedFixture = ProviderFixture & { readonly machines: ReadonlySet<MachineRef> }

/** The same fixture, noting every machine it makes, so that a failed test leaves none behind. */
function tracked(fixture: ProviderFixture): TrackedFixture {
  const machines = new Set<MachineRef>()
  const noting = (provider: MachineProvider): MachineProvider =>
    new Proxy(provider, {
      get(target, name) {
        if (name === 'provision') {
          return async (request: ProvisionRequest) => {
            const made = await target.provision(request)
            machines.add({ machineId: request.machineId, ref: made.ref })
            return made
          }
        }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return { ...fixture, provider: noting(fixture.provider), peer: noting(fixture.peer), machines }
}

function refusesStreaming(machine: () => MachineUnderTest): void {
  it('refuses to stream', async () => {
    const iterator = machine().stream('true')[Symbol.asyncIterator]()
    await expectCode(iterator.next(), 'CAPABILITY_UNSUPPORTED')
  })
}

function refusesAttaching(machine: () => MachineUnderTest): void {
  it('refuses to attach', async () => {
    const { provider, ref } = machine()
    await expectCode(provider.attach(ref, { script: 'cat' }), 'CAPABILITY_UNSUPPORTED')
  })
}

function describeCredentials(fixture: () => ProviderFixture): void {
  it('answers a credential that is refused by code, without showing it', async () => {
    const { withBadCredential, secrets } = fixture()
    const request = { machineId: aMachineId(), spec: {}, env: {} }
    expect(withBadCredential).toBeDefined()
    await expectCode(Promise.resolve(withBadCredential?.provision(request)), 'SUBSTRATE_AUTH', secrets)
  })
}
