import { isAgentMachinesError } from '@agent-machines/core'
import type { ConsoleApi } from '../api/console-api.ts'
import type { ConsoleLink, LinkListener, LinkTarget, SentMessage } from './console-link.ts'
import { deliver } from './socket-link.ts'

/** Three requests at a time leave a browser's six connections per host room for the stream and the page. */
const requestWindow = 3

export type RequestApi = Pick<ConsoleApi, 'input' | 'paste' | 'resize' | 'stream'>

/** Input by POST, output by an event stream that `fetch` reads. */
export function openRequestLink(api: RequestApi, target: LinkTarget, listener: LinkListener): ConsoleLink {
  const abort = new AbortController()
  const { signal } = abort
  const end = (cause: unknown) => {
    if (signal.aborted) return
    listener.closed(cause)
    abort.abort()
  }
  void follow(api, target, listener, signal).then(
    () => end(null),
    (error: unknown) => end(error),
  )
  return {
    kind: 'sse',
    window: requestWindow,
    send: (message) => {
      post(api, target, message, signal).then(
        (answer) => {
          if (!signal.aborted && answer.epoch === target.epoch) listener.acked(answer.acked)
        },
        (error: unknown) => {
          if (signal.aborted) return
          if (isAgentMachinesError(error) && error.entry.retry === 'after-fix' && !isUnreachable(error)) {
            listener.refused(error, message.seq)
          } else end(error)
        },
      )
    },
    close: () => abort.abort(),
  }
}

async function follow(
  api: RequestApi,
  target: LinkTarget,
  listener: LinkListener,
  signal: AbortSignal,
): Promise<void> {
  const { machineId, session, client, cursor } = target
  for await (const event of await api.stream(machineId, { session, client, cursor }, { signal })) {
    if (signal.aborted) return
    deliver(event, client, listener)
  }
}

async function post(
  api: RequestApi,
  target: LinkTarget,
  message: SentMessage,
  signal: AbortSignal,
): Promise<{ acked: number; epoch: string }> {
  switch (message.type) {
    case 'input': {
      const { type: _, ...body } = message
      return await api.input(target.machineId, body, { signal })
    }
    case 'paste': {
      const { type: _, ...body } = message
      return await api.paste(target.machineId, body, { signal })
    }
    case 'resize': {
      const { type: _, ...body } = message
      return { ...(await api.resize(target.machineId, body, { signal })), epoch: target.epoch }
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return isAgentMachinesError(error, 'CONTROL_PLANE_UNREACHABLE')
}
