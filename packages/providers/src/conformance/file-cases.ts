import { expect, it } from 'vitest'
import { bytesOf, type MachineUnderTest } from './provider-fixture.ts'

/** Files put on the machine. */
export function describeWriteFile(machine: () => MachineUnderTest): void {
  it('writes exact bytes with the given mode into folders it makes', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, index) => index)

    await machine().provider.writeFile(machine().ref, 'deep/fold er/all bytes', every, { mode: 0o600 })

    expect(await machine().say("od -An -v -tx1 'deep/fold er/all bytes' | tr -d ' \\n'")).toBe(
      Buffer.from(every).toString('hex'),
    )
    expect(await machine().say("stat -c %a 'deep/fold er/all bytes'")).toBe('600')
  })

  it('takes absolute paths and awkward names', async () => {
    const path = `${machine().provisioned.home}/o'dd "✓"\nname`

    await machine().provider.writeFile(machine().ref, path, bytesOf('there'))

    expect(await machine().say('cat "$P"', { env: { P: path } })).toBe('there')
  })

  it('replaces a file in one step: a reader never sees less than all of it', async () => {
    const sizes = [1_000, 200_000]
    const write = (size: number) =>
      machine().provider.writeFile(machine().ref, 'replaced', new Uint8Array(size))
    await write(1_000)
    const watching = machine().say(
      'n=0; while [ $n -lt 150 ]; do n=$((n + 1)); wc -c <replaced; done | sort -nu | tr "\\n" " "',
    )

    for (let round = 0; round < 4; round++) for (const size of sizes) await write(size)

    for (const seen of (await watching).trim().split(/\s+/)) expect(sizes).toContain(Number(seen))
    expect(await machine().say('ls -A | grep -c am-write || true')).toBe('0')
  })

  it('refuses a path that cannot be written, by code', async () => {
    const write = machine().provider.writeFile(machine().ref, '/proc/nothing/here', bytesOf('x'))

    await expect(write).rejects.toMatchObject({ code: 'SUBSTRATE_INVALID' })
  })
}
