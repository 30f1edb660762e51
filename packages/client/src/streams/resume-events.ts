import { isAgentMachinesError } from '@agent-machines/core'
import type { SseMessage } from '../sse/sse-parser.ts'

/** Waits; rejects with the signal's reason when that aborts first. */
export type Pause = (ms: number, signal?: AbortSignal) => Promise<void>

export interface ResumeOptions {
  /** Opens the stream after `lastEventId`; empty means from the beginning. */
  readonly open: (lastEventId: string) => Promise<AsyncIterable<SseMessage>>
  readonly pause: Pause
  readonly lastEventId?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told each time a connection stands. */
  readonly onOpen?: () => void
}

const firstPauseMs = 250
const longestPauseMs = 10_000

/**
 * One endless stream out of connections that end: each begins after the last id of the one before.
 *
 * An error that waiting can't lift is passed on; the reader ends the stream by stopping.
 */
export async function* resumeEvents(options: ResumeOptions): AsyncGenerator<SseMessage, void, undefined> {
  let lastEventId = options.lastEventId ?? ''
  let pauseMs = firstPauseMs
  for (;;) {
    try {
      const messages = await options.open(lastEventId)
      options.onOpen?.()
      for await (const message of messages) {
        if (message.lastEventId) lastEventId = message.lastEventId
        pauseMs = firstPauseMs
        yield message
      }
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    await options.pause(pauseMs, options.signal)
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
}

function isPassing(error: unknown): boolean {
  if (!isAgentMachinesError(error)) return false
  return error.code === 'CONTROL_PLANE_UNREACHABLE' || error.entry.retry === 'later'
}
