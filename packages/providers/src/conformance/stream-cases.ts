import { expect, it } from 'vitest'
import {
  bytesOf,
  collect,
  expectCode,
  heartbeat,
  type MachineUnderTest,
  type ProviderFixture,
  sleepMarker,
  text,
} from './provider-fixture.ts'

/** One command, followed. */
export function describeStreamExec(fixture: () => ProviderFixture, machine: () => MachineUnderTest): void {
  it('ends with exactly one exit, after all output', async () => {
    const { stdout, stderr, events } = await collect(
      machine().stream('head -c 300000 /dev/zero | tr "\\0" a; echo err >&2; exit 5'),
    )

    expect(stdout.toString('latin1')).toBe('a'.repeat(300_000))
    expect(stderr.toString('latin1')).toBe('err\n')
    expect(events.filter((event) => event.kind === 'exit')).toHaveLength(1)
    expect(events.at(-1)).toEqual({ kind: 'exit', exitCode: 5, timedOut: false })
  })

  it('hands output on while the command runs', async () => {
    const slow = machine().stream('echo early; sleep 1; echo late')[Symbol.asyncIterator]()
    const started = performance.now()

    const first = await slow.next()

    expect(performance.now() - started).toBeLessThan(900)
    expect(first.value).toMatchObject({ kind: 'stdout' })
    await slow.return?.()
  })

  it('lets a command open its streams by name', async () => {
    const { stdout, stderr } = await collect(
      machine().stream('echo out | tee /dev/stdout; echo err >/dev/stderr; echo more >>/dev/stderr'),
    )

    expect([text(stdout), text(stderr)]).toEqual(['out\nout\n', 'err\nmore\n'])
  })

  it('does not decode what is said', async () => {
    const { stdout } = await collect(
      machine().stream("printf '\\342'; sleep 0.1; printf '\\234\\223\\377\\000\\200'"),
    )

    expect(stdout.toString('hex')).toBe('e29c93ff0080')
  })

  it('loses nothing to a slow reader', async () => {
    let size = 0
    let exits = 0
    for await (const event of machine().stream('head -c 3000000 /dev/zero')) {
      if (event.kind === 'exit') exits += 1
      else size += event.bytes.length
      await new Promise((resolve) => setTimeout(resolve, 5))
    }

    expect({ size, exits }).toEqual({ size: 3_000_000, exits: 1 })
  })

  it('keeps what a command said for a reader that comes after its end', async () => {
    let size = 0
    for await (const event of machine().stream('head -c 400000 /dev/zero')) {
      if (event.kind === 'exit') continue
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 500))
      size += event.bytes.length
    }

    expect(size).toBe(400_000)
  })

  it('takes input', async () => {
    const { stdout } = await collect(machine().stream('cat', { stdin: bytesOf('✓ in') }))

    expect(text(stdout)).toBe('✓ in')
  })

  it('kills the process group when the reader stops', async () => {
    const marker = sleepMarker()
    const script = `echo go; sh -c 'sleep ${marker} & wait' & ${heartbeat('beat-stop')}`
    for await (const event of machine().stream(script)) {
      if (event.kind === 'stdout') break
    }

    await machine().waitUntilGone(marker)
    expect(await machine().say('touch beat-stop; echo ok')).toBe('ok')
    expect(await machine().beats('beat-stop')).toBe(false)
  })

  it('kills the process group when it is aborted, and says so', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const reading = collect(machine().stream(heartbeat('beat-stream-abort'), { signal }))
    const rejection = expectCode(reading, 'EXEC_ABORTED', fixture().secrets)
    await machine().waitForBeat('beat-stream-abort')

    controller.abort()

    await rejection
    expect(await machine().beats('beat-stream-abort')).toBe(false)
  })

  it('kills the process group when the time is up', async () => {
    const { events } = await collect(machine().stream(heartbeat('beat-stream-time'), { timeoutMs: 400 }))

    expect(events.at(-1)).toEqual({ kind: 'exit', exitCode: 124, timedOut: true })
    expect(await machine().beats('beat-stream-time')).toBe(false)
  })
}
