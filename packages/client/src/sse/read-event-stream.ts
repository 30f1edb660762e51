import { AgentMachinesError } from '@agent-machines/core'
import { type SseMessage, SseParser } from './sse-parser.ts'

/**
 * The events of an answer as they arrive; stopping the iteration closes the request.
 *
 * A connection that breaks rejects with `CONTROL_PLANE_UNREACHABLE`; an aborted one with the signal's reason.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<SseMessage, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const parser = new SseParser()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield* parser.push(decoder.decode(value, { stream: true }))
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    throw new AgentMachinesError('CONTROL_PLANE_UNREACHABLE', 'The connection to the control plane broke.', {
      cause,
    })
  } finally {
    await reader.cancel().catch(() => {
      // A stream that already failed can't be cancelled; there is nothing left to close.
    })
  }
}
