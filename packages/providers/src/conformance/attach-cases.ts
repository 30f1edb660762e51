import type { Attachment } from '@agent-machines/core'
import { expect, it } from 'vitest'
import {
  bytesOf,
  collect,
  expectCode,
  heartbeat,
  type MachineUnderTest,
  type ProviderFixture,
  text,
} from './provider-fixture.ts'

/** A command whose input stays open. */
export function describeAttach(fixture: () => ProviderFixture, machine: () => MachineUnderTest): void {
  it('carries bytes both ways while the command runs', async () => {
    const attachment = await attach(machine(), 'while read -r line; do echo "<$line>"; done; exit 4')
    const output = attachment.output[Symbol.asyncIterator]()

    await attachment.write(bytesOf('one\n'))
    expect(await nextText(output)).toBe('<one>\n')
    await attachment.write(bytesOf('tw'))
    await attachment.write(bytesOf('o ✓\n'))
    expect(await nextText(output)).toBe('<two ✓>\n')
    await attachment.end()

    expect((await output.next()).value).toEqual({ kind: 'exit', exitCode: 4, timedOut: false })
    expect((await output.next()).done).toBe(true)
  })

  it('lets a command open its streams by name', async () => {
    const script = 'read -r line </dev/stdin; echo "<$line>" >/dev/stdout; echo err >/dev/stderr'
    const attachment = await attach(machine(), script)
    const reading = collect(attachment.output)

    await attachment.write(bytesOf('one\n'))
    await attachment.end()

    const { stdout, stderr } = await reading
    expect([text(stdout), text(stderr)]).toEqual(['<one>\n', 'err\n'])
  })

  it('carries a megabyte of every byte', async () => {
    const every = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31) ^ (index >> 9))
    const attachment = await attach(machine(), 'cat')
    const reading = collect(attachment.output)

    await attachment.write(every)
    await attachment.end()

    expect((await reading).stdout.equals(every)).toBe(true)
  })

  it('kills the process group when it is closed, and twice is harmless', async () => {
    const attachment = await attach(machine(), heartbeat('beat-attach'))
    await machine().waitForBeat('beat-attach')

    await attachment.close()
    await attachment.close()

    expect(await machine().beats('beat-attach')).toBe(false)
  })

  it('kills the process group when it is aborted', async () => {
    const controller = new AbortController()
    const attachment = await machine().provider.attach(machine().ref, {
      script: heartbeat('beat-attach-abort'),
      signal: controller.signal,
    })
    const rejection = expectCode(collect(attachment.output), 'EXEC_ABORTED', fixture().secrets)
    await machine().waitForBeat('beat-attach-abort')

    controller.abort()

    await rejection
    expect(await machine().beats('beat-attach-abort')).toBe(false)
  })

  it('refuses input once the command is gone', async () => {
    const attachment = await attach(machine(), 'exit 0')
    await collect(attachment.output)

    await expect(attachment.write(bytesOf('late'))).rejects.toMatchObject({ code: 'EXEC_ABORTED' })
  })
}

function attach(machine: MachineUnderTest, script: string): Promise<Attachment> {
  return machine.provider.attach(machine.ref, { script })
}

async function nextText(output: AsyncIterator<unknown>): Promise<string> {
  const { value } = (await output.next()) as { value: { bytes: Uint8Array } }
  return text(value.bytes)
}
