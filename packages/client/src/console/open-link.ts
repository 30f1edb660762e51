import type { Clock } from './clock.ts'
import type { ConsoleConnectionOptions } from './connection-options.ts'
import type { ConsoleLink, LinkListener, LinkTarget } from './console-link.ts'
import { openPollLink } from './poll-link.ts'
import { openRequestLink } from './request-link.ts'
import { openSocketLink } from './socket-link.ts'
import type { TransportKind } from './transport-choice.ts'

/** Opens a link of the given kind. */
export function openLink(
  kind: TransportKind,
  { api, createSocket, proof }: Pick<ConsoleConnectionOptions, 'api' | 'createSocket' | 'proof'>,
  target: LinkTarget,
  listener: LinkListener,
  clock: Clock,
): ConsoleLink {
  if (kind === 'poll') return openPollLink(api, target, listener)
  if (kind === 'ws' && createSocket) {
    return openSocketLink(api, createSocket, proof?.() ?? null, target, listener)
  }
  return openRequestLink(api, target, listener, clock)
}
