import { isAgentMachinesError } from '@agent-machines/core'
import type { ConsoleApi } from '../api/console-api.ts'
import type { LinkListener, LinkTarget, SentMessage } from './console-link.ts'
import { refusalKindOf } from './protocol.ts'

/** Three requests at a time leave a browser's six connections per host room for the stream and the page. */
export const requestWindow = 3

export type InputApi = Pick<ConsoleApi, 'input' | 'paste' | 'resize'>

/** Sends a message as a request and tells `listener` the answer; `end` is for what breaks the link. */
export async function sendByRequest(
  api: InputApi,
  target: LinkTarget,
  message: SentMessage,
  signal: AbortSignal,
  listener: Pick<LinkListener, 'acked' | 'refused'> & { end(cause: unknown): void },
): Promise<void> {
  try {
    const answer = await post(api, target, message, signal)
    if (!signal.aborted && answer.epoch === target.epoch) listener.acked(answer.acked)
  } catch (error) {
    if (signal.aborted) return
    if (isAgentMachinesError(error) && refusalKindOf(error) !== null) listener.refused(error, message.seq)
    else listener.end(error)
  }
}

async function post(
  api: InputApi,
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
