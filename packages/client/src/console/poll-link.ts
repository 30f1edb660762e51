import type { ConsoleApi } from '../api/console-api.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { deliver } from './deliver.ts'
import { type InputApi, requestWindow, sendByRequest } from './request-sender.ts'

/** Input by POST, output by asking: one request waits at the server until there is something after the cursor. */
export function openPollLink(
  api: InputApi & Pick<ConsoleApi, 'poll'>,
  target: LinkTarget,
  listener: LinkListener,
): ConsoleLink {
  const abort = new AbortController()
  const { signal } = abort
  const end = (cause: unknown) => {
    if (signal.aborted) return
    abort.abort()
    listener.closed(cause)
  }
  ask(api, target, listener, signal).catch(end)
  return {
    kind: 'poll',
    window: requestWindow,
    send: (message) => {
      void sendByRequest(api, target, message, signal, { ...listener, end })
    },
    close: () => abort.abort(),
  }
}

async function ask(
  api: Pick<ConsoleApi, 'poll'>,
  target: LinkTarget,
  listener: LinkListener,
  signal: AbortSignal,
): Promise<void> {
  const { machineId, session, client, history } = target
  let { cursor } = target
  // The first answer is wanted at once: it says that the way is open.
  let waitMs: number | undefined = cursor === undefined ? undefined : 0
  while (!signal.aborted) {
    const query = { session, client, cursor, history, waitMs }
    const { events } = await api.poll(machineId, query, { signal })
    waitMs = undefined
    for (const event of events) {
      if (signal.aborted) return
      if ('id' in event && event.id) cursor = event.id
      deliver(event, client, listener)
    }
  }
}
