import type { Capabilities, MachineSpec } from '@agent-machines/core'
import { expect, it } from 'vitest'
import { aMachineId, MachineUnderTest, type ProviderFixture, text } from './provider-fixture.ts'

const manyProcesses =
  'i=0; while [ $i -lt 60 ]; do sleep 7654323 >/dev/null 2>&1 & echo started; i=$((i + 1)); done'
/** `tail` has to hold all that it is asked for. */
const muchMemory = 'head -c 150000000 /dev/zero | tail -c 140000000 | wc -c'

/** What a machine may use, where the substrate says that it can limit it. */
export function describeLimits(fixture: () => ProviderFixture, { limits }: Capabilities): void {
  it.runIf(limits.pids)('lets a machine have as many processes as it was given', async () => {
    expect(await processesStarted(fixture(), {})).toBe(60)
    const started = await processesStarted(fixture(), { pids: 24 })
    expect(started).toBeGreaterThan(5)
    expect(started).toBeLessThan(24)
  })

  it.runIf(limits.memory)('lets a machine have as much memory as it was given', async () => {
    expect(await bytesHeld(fixture(), {})).toBe(140_000_000)
    expect(await bytesHeld(fixture(), { memoryMiB: 48 })).toBe(0)
  })
}

async function processesStarted(fixture: ProviderFixture, spec: MachineSpec): Promise<number> {
  return (await saidWith(fixture, spec, manyProcesses)).split('started').length - 1
}

async function bytesHeld(fixture: ProviderFixture, spec: MachineSpec): Promise<number> {
  return Number(await saidWith(fixture, spec, muchMemory))
}

async function saidWith({ provider }: ProviderFixture, spec: MachineSpec, script: string): Promise<string> {
  const machineId = aMachineId()
  const machine = new MachineUnderTest(
    provider,
    machineId,
    await provider.provision({ machineId, spec, env: {} }),
  )
  try {
    return text((await machine.exec(script)).stdout)
  } finally {
    await provider.destroy(machine.ref)
  }
}
