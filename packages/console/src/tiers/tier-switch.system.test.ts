import {
  AgentMachinesError,
  type Attachment,
  type ConsoleEvent,
  type ConsoleTier,
  type Exec,
} from '@agent-machines/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Timers } from '../hub/timers.ts'
import { consoleMachine, realTimers } from '../testing/console-machine.ts'
import { eventually } from '../testing/eventually.ts'
import { continuityOf, printNumbers } from '../testing/joins.ts'

/** A minute passes in half a second. */
const hastyTimers: Timers = {
  ...realTimers,
  after: (ms, run) => realTimers.after(ms >= 60_000 ? ms / 120 : ms, run),
}

it('goes down the tiers and up again in the middle of output, without a line lost or repeated', async () => {
  const machine = consoleMachine(printNumbers)
  onTestFinished(() => machine.remove())
  const { exec, breakTiers } = breakable(machine.exec)
  const hub = machine.hub({ exec, timers: hastyTimers })
  await hub.open({ cols: 80, rows: 24, launch: true })
  const reading = read(hub.stream({ signal: AbortSignal.timeout(40_000) }))
  const reaches = (tier: ConsoleTier) => eventually(() => reading.tiers.at(-1) === tier, 20_000)

  await reaches('attach')
  breakTiers(['attach'])
  await reaches('stream')
  breakTiers(['attach', 'stream'])
  await reaches('poll')
  breakTiers([])
  await reaches('attach')
  const end = reading.text().length
  await eventually(() => reading.text().length > end + 10_000)

  expect(reading.tiers).toEqual(['attach', 'stream', 'poll', 'attach'])
  expect(reading.snapshots()).toBe(1)
  expect(continuityOf(reading.text())).toMatchObject({ lost: 0, repeated: 0 })
})

it('takes the next tier at once where the better one is refused', async () => {
  const machine = consoleMachine()
  onTestFinished(() => machine.remove())
  const { exec, refuse } = breakable(machine.exec)
  refuse(['attach', 'stream'])
  const hub = machine.hub({ exec })

  expect(await hub.open({ cols: 80, rows: 24, client: 'one' })).toMatchObject({ tier: 'poll', expected: 1 })
})

/** A substrate whose streams can be made to fail, also those that run. */
function breakable(exec: Exec) {
  let broken: readonly ConsoleTier[] = []
  let refused: readonly ConsoleTier[] = []
  const attachments = new Set<Attachment>()
  const streams = new Set<AbortController>()
  const check = (tier: ConsoleTier) => {
    if (refused.includes(tier)) throw new AgentMachinesError('CAPABILITY_UNSUPPORTED')
    if (broken.includes(tier)) throw new AgentMachinesError('SUBSTRATE_TRANSIENT')
  }
  const breaking: Exec = {
    exec: exec.exec,
    async *streamExec(command) {
      check('stream')
      const stop = new AbortController()
      streams.add(stop)
      command.signal?.addEventListener('abort', () => stop.abort())
      yield* exec.streamExec({ ...command, signal: stop.signal })
    },
    async attach(command) {
      check('attach')
      if (exec.attach === undefined) throw new Error('the helper attaches')
      const attachment = await exec.attach(command)
      attachments.add(attachment)
      return attachment
    },
  }
  return {
    exec: breaking,
    refuse: (tiers: readonly ConsoleTier[]) => {
      refused = tiers
    },
    breakTiers: (tiers: readonly ConsoleTier[]) => {
      broken = tiers
      if (tiers.includes('attach')) for (const attachment of attachments) void attachment.close()
      if (tiers.includes('stream')) for (const stream of streams) stream.abort()
    },
  }
}

function read(stream: AsyncIterable<ConsoleEvent>) {
  const tiers: ConsoleTier[] = []
  const parts: Buffer[] = []
  let snapshots = 0
  const reading = (async () => {
    for await (const event of stream) {
      if (event.event === 'started') tiers.push(event.data.tier)
      if (event.event === 'snapshot') snapshots += 1
      if (event.event === 'snapshot' || event.event === 'output')
        parts.push(Buffer.from(event.data.data, 'base64'))
    }
  })()
  reading.catch(() => undefined)
  return { tiers, snapshots: () => snapshots, text: () => Buffer.concat(parts).toString() }
}
