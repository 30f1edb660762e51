import type { ConsoleApi } from '../api/console-api.ts'
import type { Clock } from './clock.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { deliver } from './deliver.ts'
import { type InputApi, requestWindow, sendByRequest } from './request-sender.ts'
import { HeldBack, StreamProbe } from './stream-probe.ts'

/** Input by POST, output by an event stream that `fetch` reads; ends with `HeldBack` where that does not come through. */
export function openRequestLink(
  api: InputApi & Pick<ConsoleApi, 'stream'>,
  target: LinkTarget,
  listener: LinkListener,
  clock: Clock,
): ConsoleLink {
  const abort = new AbortController()
  const { signal } = abort
  const close = () => {
    probe.stop()
    abort.abort()
  }
  const end = (cause: unknown) => {
    if (signal.aborted) return
    close()
    listener.closed(cause)
  }
  const probe = new StreamProbe(clock, () => end(new HeldBack()))
  follow(api, target, listener, probe, signal).then(() => end(null), end)
  return {
    kind: 'sse',
    window: requestWindow,
    send: (message) => {
      const isNew = probe.hasProved && message.seq >= target.firstNewSeq
      void sendByRequest(api, target, message, signal, {
        acked: (acked) => {
          if (isNew) probe.answered(acked)
          listener.acked(acked)
        },
        refused: listener.refused,
        end,
      })
    },
    close,
  }
}

async function follow(
  api: Pick<ConsoleApi, 'stream'>,
  target: LinkTarget,
  listener: LinkListener,
  probe: StreamProbe,
  signal: AbortSignal,
): Promise<void> {
  const { machineId, session, client, cursor, history } = target
  for await (const event of await api.stream(machineId, { session, client, cursor, history }, { signal })) {
    if (signal.aborted) return
    probe.heard(event)
    deliver(event, client, listener)
  }
}
