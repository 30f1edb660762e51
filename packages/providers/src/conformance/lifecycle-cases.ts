import type { Capabilities, MachineRef } from '@agent-machines/core'
import { expect, it } from 'vitest'
import {
  aMachineId,
  collect,
  expectCode,
  MachineUnderTest,
  type ProviderFixture,
} from './provider-fixture.ts'

/** Machines coming, sleeping, going. */
export function describeLifecycle(fixture: () => ProviderFixture, capabilities: Capabilities): void {
  it('gives the same machine to whoever asks for it again', async () => {
    const { provider, peer } = fixture()
    const machine = await provision(fixture())
    await machine.say('echo kept >mark; sleep 7654321 >/dev/null 2>&1 & echo $! >pid')

    const again = await provider.provision({ machineId: machine.ref.machineId, spec: {}, env: {} })
    const elsewhere = await peer.provision({ machineId: machine.ref.machineId, spec: {}, env: {} })

    expect([again.ref, elsewhere.ref]).toEqual([machine.ref.ref, machine.ref.ref])
    expect(await machine.say('cat mark; kill -0 "$(cat pid)" && echo alive')).toBe('kept\nalive')
    await provider.destroy(machine.ref)
  })

  it('makes one machine when it is asked for twice at once', async () => {
    const { provider, peer } = fixture()
    const machineId = aMachineId()
    const request = { machineId, spec: {}, env: {} }

    const [one, other] = await Promise.all([provider.provision(request), peer.provision(request)])

    expect(one.ref).toBe(other.ref)
    const machine = new MachineUnderTest(provider, machineId, one)
    const seenByPeer = new MachineUnderTest(peer, machineId, other)
    await machine.say('echo same >mark')
    expect(await seenByPeer.say('cat mark')).toBe('same')
    await provider.destroy(machine.ref)
  })

  it('tells a running machine from one that is gone', async () => {
    const { provider } = fixture()
    const machine = await provision(fixture())

    expect(await provider.state(machine.ref)).toMatchObject({ state: 'running' })
    await provider.destroy(machine.ref)
    expect(await provider.state(machine.ref)).toMatchObject({ state: 'gone' })
  })

  it('removes a machine whose reference nobody could note', async () => {
    const { provider } = fixture()
    const machine = await provision(fixture())

    await provider.destroy({ machineId: machine.ref.machineId, ref: '' })

    expect(await provider.state(machine.ref)).toMatchObject({ state: 'gone' })
  })

  it('answers an unknown machine by code', async () => {
    const { provider, secrets } = fixture()
    const nobody: MachineRef = { machineId: 'nobody', ref: 'nobody' }
    const refusals = [
      () => provider.exec(nobody, { script: 'true' }),
      () => collect(provider.streamExec(nobody, { script: 'true' })),
      () => provider.writeFile(nobody, 'a', new Uint8Array(1)),
      () => provider.wake(nobody),
      () => provider.keepAlive(nobody, 1_000),
    ]

    for (const refusal of refusals) await expectCode(refusal(), 'SUBSTRATE_NOT_FOUND', secrets)
    expect(await provider.state(nobody)).toMatchObject({ state: 'gone' })
    await provider.destroy(nobody)
  })

  it('wakes a machine that is awake without touching it', async () => {
    const { provider } = fixture()
    const machine = await provision(fixture())
    const before = await machine.say('sleep 7654322 >/dev/null 2>&1 & echo $! | tee pid')

    expect(await provider.wake(machine.ref)).toEqual({ processesSurvived: true })
    expect(await provider.wake(machine.ref)).toEqual({ processesSurvived: true })

    expect(await machine.say('kill -0 "$(cat pid)" && cat pid')).toBe(before)
    await provider.keepAlive(machine.ref, 60_000)
    await provider.destroy(machine.ref)
  })

  it('deletes the files with the machine, and twice is harmless', async () => {
    const { provider, peer } = fixture()
    const machine = await provision(fixture())
    await machine.say('mkdir -p locked/in && touch locked/in/file && chmod 000 locked && echo kept >mark')

    await provider.destroy(machine.ref)
    await provider.destroy(machine.ref)
    await peer.destroy(machine.ref)

    await expectCode(machine.exec('true'), 'SUBSTRATE_NOT_FOUND', fixture().secrets)
    const { machineId } = machine.ref
    const next = await provider.provision({ machineId, spec: {}, env: {} })
    expect(await new MachineUnderTest(provider, machineId, next).say('ls -A')).not.toContain('mark')
    await provider.destroy({ machineId, ref: next.ref })
  })

  it('keeps machines apart', async () => {
    const { provider } = fixture()
    const [one, other] = await Promise.all([provision(fixture()), provision(fixture())])

    const places = one.provisioned.isolation === 'none' ? 'mark' : 'mark /tmp/mark'
    await one.say(`for place in ${places}; do echo mine >$place; done`)

    expect(await other.say(`cat ${places} 2>/dev/null || echo none`)).toBe('none')
    await Promise.all([provider.destroy(one.ref), provider.destroy(other.ref)])
  })

  if (capabilities.sleep) describeSleep(fixture, capabilities)
  else {
    it('refuses to sleep', async () => {
      const { provider, secrets } = fixture()
      const machine = await provision(fixture())

      await expectCode(provider.sleep(machine.ref), 'CAPABILITY_UNSUPPORTED', secrets)

      expect(await provider.state(machine.ref)).toMatchObject({ state: 'running' })
      await provider.destroy(machine.ref)
    })
  }

  if (!capabilities.publicUrl) {
    it('refuses a public address', async () => {
      const { provider, secrets } = fixture()
      const machine = await provision(fixture())

      await expectCode(provider.publicUrl(machine.ref, 8080), 'CAPABILITY_UNSUPPORTED', secrets)

      await provider.destroy(machine.ref)
    })
  }
}

function describeSleep(fixture: () => ProviderFixture, capabilities: Capabilities): void {
  it('stands still while asleep and says whether its processes survived', async () => {
    const { provider, peer, secrets } = fixture()
    const machine = await provision(fixture())
    const beat = 'while :; do date +%s%N >>beat; sleep 0.02; done >/dev/null 2>&1 </dev/null & echo $! >pid'
    await machine.say(beat)
    await machine.waitForBeat('beat')

    await provider.sleep(machine.ref)
    await provider.sleep(machine.ref)
    expect(await peer.state(machine.ref)).toMatchObject({ state: 'asleep' })
    await expectCode(machine.exec('true'), 'MACHINE_ASLEEP', secrets)
    await expectCode(collect(machine.stream('true')), 'MACHINE_ASLEEP', secrets)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { processesSurvived } = await provider.wake(machine.ref)

    expect(processesSurvived).toBe(capabilities.memoryKept)
    expect(await provider.state(machine.ref)).toMatchObject({ state: 'running' })
    const alive = await machine.say('kill -0 "$(cat pid)" 2>/dev/null && echo yes || echo no')
    expect(alive).toBe(processesSurvived ? 'yes' : 'no')
    // The gap can be seen once a beat has followed it.
    expect(await machine.beats('beat')).toBe(processesSurvived)
    expect(longestGapMs(await machine.say('cat beat'))).toBeGreaterThan(processesSurvived ? 900 : -1)
    await provider.destroy(machine.ref)
  })

  it('destroys a machine that sleeps', async () => {
    const { provider } = fixture()
    const machine = await provision(fixture())
    await machine.say('while :; do :; done >/dev/null 2>&1 </dev/null &')
    await provider.sleep(machine.ref)

    await provider.destroy(machine.ref)

    expect(await provider.state(machine.ref)).toMatchObject({ state: 'gone' })
  })
}

/** The longest pause between lines of nanoseconds. */
function longestGapMs(lines: string): number {
  const times = lines.split('\n').map((line) => Number(BigInt(line) / 1_000_000n))
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)))
}

async function provision({ provider, secrets }: ProviderFixture): Promise<MachineUnderTest> {
  const machineId = aMachineId()
  const env = { AM_TEST_SECRET: secrets[0] ?? '' }
  return new MachineUnderTest(provider, machineId, await provider.provision({ machineId, spec: {}, env }))
}
