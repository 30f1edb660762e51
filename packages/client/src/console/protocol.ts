import type { AgentMachinesError, Driver, EndReason } from '@agent-machines/core'
import { encodeBase64 } from '../bytes/base64.ts'
import type { RefusalKind } from './console-events.ts'
import type { SentMessage, ShownEvent } from './console-link.ts'
import type { LedgerEntry } from './input-ledger.ts'

/** The message that carries an entry; the same entry always makes the same message. */
export function messageOf(
  { seq, content }: LedgerEntry,
  identity: { session: string; client: string; epoch: string },
): SentMessage {
  if (content.type === 'resize') {
    return { type: 'resize', ...identity, seq, cols: content.cols, rows: content.rows }
  }
  return { type: content.type, ...identity, seq, data: encodeBase64(content.bytes) }
}

/** Whether a connection that failed like this can succeed later without anybody doing anything. */
export function isPassing(error: AgentMachinesError): boolean {
  return (
    error.entry.retry === 'later' ||
    error.code === 'CONTROL_PLANE_UNREACHABLE' ||
    error.code === 'CONSOLE_RESTARTED' ||
    error.code === 'SUBSTRATE_QUOTA'
  )
}

/** How a connection ends that can't be opened because of `error`. */
export function endOf(error: AgentMachinesError): EndReason | 'refused' {
  switch (error.code) {
    case 'MACHINE_ASLEEP':
      return 'asleep'
    case 'MACHINE_DESTROYED':
    case 'MACHINE_UNKNOWN':
      return 'destroyed'
    case 'CONSOLE_EXITED':
      return 'exited'
    default:
      return 'refused'
  }
}

/** What an answer says of the input it answers; null when it does not say that the input was not typed. */
export function refusalKindOf(error: AgentMachinesError): RefusalKind | null {
  switch (error.code) {
    case 'INPUT_GAP':
      return 'gap'
    case 'CONSOLE_RESTARTED':
      return 'restarted'
    case 'CONSOLE_EXITED':
      return 'exited'
    case 'CONSOLE_NOT_DRIVER':
      return 'not-driver'
    case 'INPUT_TOO_LARGE':
    case 'BODY_TOO_LARGE':
      return 'too-large'
    case 'REQUEST_INVALID':
      return 'refused'
    default:
      return null
  }
}

/** Whether a link that delivered this does what it is for, however short it lives. */
export function isProgress({ event }: ShownEvent): boolean {
  return event === 'output' || event === 'resize'
}

export function isDriver(value: unknown): value is Driver {
  return value === null || (typeof value === 'object' && 'client' in value)
}
