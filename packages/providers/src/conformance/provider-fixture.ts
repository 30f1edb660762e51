import { randomUUID } from 'node:crypto'
import type {
  ExecCommand,
  ExecEvent,
  ExecResult,
  MachineProvider,
  MachineRef,
  ProvisionedMachine,
} from '@agent-machines/core'
import { expect } from 'vitest'

/** What a substrate hands to the suite. */
export interface ProviderFixture {
  readonly provider: MachineProvider
  /** The same substrate through a provider of its own, as a second control plane would have it. */
  readonly peer: MachineProvider
  /** With a credential that the substrate refuses; present exactly when the manifest asks for credentials. */
  readonly withBadCredential?: MachineProvider
  /** Words that must stand in no error. */
  readonly secrets: readonly string[]
  cleanUp(): Promise<void>
}

/** One machine with the helpers that tests need; every question is asked on the machine itself. */
export class MachineUnderTest {
  readonly provider: MachineProvider
  readonly ref: MachineRef
  readonly provisioned: ProvisionedMachine

  constructor(provider: MachineProvider, machineId: string, provisioned: ProvisionedMachine) {
    this.provider = provider
    this.ref = { machineId, ref: provisioned.ref }
    this.provisioned = provisioned
  }

  exec(script: string, options: Partial<ExecCommand> = {}): Promise<ExecResult> {
    return this.provider.exec(this.ref, { script, ...options })
  }

  stream(script: string, options: Partial<ExecCommand> = {}): AsyncIterable<ExecEvent> {
    return this.provider.streamExec(this.ref, { script, ...options })
  }

  /** What the script prints, without the last line's end. */
  async say(script: string, options: Partial<ExecCommand> = {}): Promise<string> {
    const { stdout, stderr, exitCode } = await this.exec(script, options)
    expect(`${text(stderr)}${exitCode}`).toBe('0')
    return text(stdout).replace(/\n$/, '')
  }

  /** Whether anything writes to `file` of {@link heartbeat}; watched on the machine for a third of a second. */
  async beats(file: string): Promise<boolean> {
    return (await this.say(`a=$(wc -c <${file}); sleep 0.35; b=$(wc -c <${file}); echo $((b - a))`)) !== '0'
  }

  /** Resolves once the heartbeat has written something; fails after five seconds. */
  async waitForBeat(file: string): Promise<void> {
    await this.say(`n=0; until [ -s ${file} ]; do n=$((n + 1)); [ $n -lt 250 ] || exit 1; sleep 0.02; done`)
  }

  /** Resolves once no process with this number among its arguments runs; fails after five seconds. */
  async waitUntilGone(marker: string): Promise<void> {
    const look = `grep -lsa '[${marker.slice(0, 1)}]${marker.slice(1)}' /proc/[0-9]*/cmdline`
    await this.say(
      `n=0; while ${look} >/dev/null; do n=$((n + 1)); [ $n -lt 100 ] || exit 1; sleep 0.05; done`,
    )
  }
}

/** A script in which a grandchild appends to `file` until it is killed. */
export function heartbeat(file: string): string {
  return `sh -c 'sh -c "while :; do echo x >>${file}; sleep 0.05; done" & wait' & wait`
}

let markers = 0
/** A number of seconds no other test sleeps, so that its process can be told from every other. */
export function sleepMarker(): string {
  markers += 1
  return `${8_000_000 + (process.pid % 1_000) * 100 + markers}`
}

export function aMachineId(): string {
  return `test-${randomUUID().slice(0, 13)}`
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

export function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** Everything a stream says: its bytes by kind, and the events in order. */
export async function collect(events: AsyncIterable<ExecEvent>): Promise<{
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly events: readonly ExecEvent[]
}> {
  const seen: ExecEvent[] = []
  for await (const event of events) seen.push(event)
  const of = (kind: 'stdout' | 'stderr') =>
    Buffer.concat(seen.flatMap((event) => (event.kind === kind ? [event.bytes] : [])))
  return { stdout: of('stdout'), stderr: of('stderr'), events: seen }
}

/** Fails the test unless `work` rejects with the code, and without any of the secrets. */
export async function expectCode(
  work: Promise<unknown>,
  code: string,
  secrets: readonly string[] = [],
): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code })
  const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)
  for (const secret of secrets) expect(shown).not.toContain(secret)
}
