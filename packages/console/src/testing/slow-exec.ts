import type { Attachment, ConsoleTier, Exec, ExecCommand, ExecEvent } from '@agent-machines/core'
import type { ConsoleExec } from '../tiers/wire.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What a substrate of this tier offers. */
export function execOfTier(exec: Exec, tier: ConsoleTier): ConsoleExec {
  if (tier === 'attach') return exec
  if (tier === 'stream') return { exec: exec.exec, streamExec: exec.streamExec }
  return { exec: exec.exec }
}

/** The same over a round trip of this length, half of it each way. */
export function distantExec(exec: Exec, roundTripMs: number): Exec {
  const half = roundTripMs / 2
  return {
    async exec(command) {
      await pause(half)
      const result = await exec.exec(command)
      await pause(half)
      return result
    },
    streamExec: (command) => later(() => exec.streamExec(command), half),
    async attach(command) {
      await pause(half)
      return distantAttachment(await attachWith(exec, command), half)
    },
  }
}

async function attachWith(exec: Exec, command: Omit<ExecCommand, 'stdin'>): Promise<Attachment> {
  if (exec.attach === undefined) throw new Error('the helper attaches')
  return exec.attach(command)
}

function distantAttachment(attachment: Attachment, half: number): Attachment {
  return {
    ...attachment,
    output: later(() => attachment.output, half),
    async write(bytes) {
      await pause(half)
      await attachment.write(bytes)
    },
  }
}

/** Each event is as late as the others, so what comes close together stays close together. */
async function* later(open: () => AsyncIterable<ExecEvent>, half: number): AsyncGenerator<ExecEvent> {
  await pause(half)
  const arrived: Promise<ExecEvent | null>[] = []
  let wake: () => void = () => undefined
  let isStopped = false
  const reading = (async () => {
    const source = open()
    for await (const event of source) {
      if (isStopped) return
      arrived.push(pause(half).then(() => event))
      wake()
    }
    arrived.push(pause(half).then(() => null))
    wake()
  })()
  reading.catch((error: unknown) => {
    const failed = Promise.reject(error)
    failed.catch(() => undefined)
    arrived.push(failed)
    wake()
  })
  try {
    while (true) {
      const next = arrived.shift()
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const event = await next
      if (event === null) return
      yield event
    }
  } finally {
    isStopped = true
  }
}
