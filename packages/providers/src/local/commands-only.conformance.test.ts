import { randomBytes } from 'node:crypto'
import { streamByExec } from '@agent-machines/core'
import { afterAll, beforeAll, describe } from 'vitest'
import { aMachineId, MachineUnderTest, type ProviderFixture } from '../conformance/provider-fixture.ts'
import { describeStreamExec } from '../conformance/stream-cases.ts'
import { aLocalPlace } from './testing/local-fixture.ts'

/** A machine whose substrate runs commands and does nothing else. */
class CommandsOnly extends MachineUnderTest {
  override stream(script: string, options = {}) {
    const follow = streamByExec((command) => this.provider.exec(this.ref, command), {
      now: () => performance.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      randomId: () => randomBytes(8).toString('hex'),
    })
    return follow({ script, ...options })
  }
}

describe('streamExec made of commands', () => {
  let fixture: ProviderFixture | undefined
  let machine: CommandsOnly | undefined

  beforeAll(async () => {
    const place = await aLocalPlace()
    const provider = place.provider()
    fixture = { provider, peer: provider, secrets: [], cleanUp: place.remove }
    const machineId = aMachineId()
    machine = new CommandsOnly(
      provider,
      machineId,
      await provider.provision({ machineId, spec: {}, env: {} }),
    )
  })

  afterAll(async () => {
    if (machine) await fixture?.provider.destroy(machine.ref)
    await fixture?.cleanUp()
  })

  describeStreamExec(
    () => made(fixture),
    () => made(machine),
  )
})

function made<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was not made')
  return value
}
