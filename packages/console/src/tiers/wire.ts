import { AgentMachinesError, type Exec, type ExecEvent, isAgentMachinesError } from '@agent-machines/core'
import type { Timers } from '../hub/timers.ts'
import { concatBytes, toBytes, toText } from '../protocol/bytes.ts'

/** What the console needs of a machine; the more there is, the better the tier. */
export type ConsoleExec = Pick<Exec, 'exec'> & Partial<Pick<Exec, 'streamExec' | 'attach'>>

/** What the worker says before the log: which log follows and from where. */
export interface ChannelHeader {
  readonly epoch: string
  readonly log: string
  readonly base: number
  readonly start: number
  readonly modes: string
}

/** The first is the header, the others are the log from where it says. */
export type WireEvent =
  | { readonly kind: 'header'; readonly header: ChannelHeader }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** One opened way to a console: its log comes in, lines for its courier go out. */
export interface Wire {
  /** Ends when the courier does; rejects when the way itself failed. */
  readonly output: AsyncIterable<WireEvent>
  /** Hands lines on in order and never waits; what the wire cannot deliver ends it. */
  write(lines: readonly string[]): void
  /** To be called when what `WireHost.wanted` answers may have changed. */
  look(): void
  close(): Promise<void>
}

/** Whether somebody waits for the log, somebody wants a look now and then, or nobody cares. */
export type Interest = 'live' | 'glance' | 'none'

export interface WireHost {
  readonly exec: ConsoleExec
  readonly session: string
  readonly timers: Timers
  readonly log: (message: string, details: Record<string, unknown>) => void
  /** Where to go on; null when nothing was read yet. */
  place(): { log: string; offset: number } | null
  wanted(): Interest
  /** Lines that say who is here, to go along with what is sent anyway. */
  presence(): readonly string[]
}

const codesOfMissing = ['MACHINE_ASLEEP', 'MACHINE_DESTROYED', 'MACHINE_UNKNOWN', 'SUBSTRATE_NOT_FOUND']

/** Whether the machine is not there to be asked again. */
export function isMissing(error: unknown): error is AgentMachinesError {
  return isAgentMachinesError(error) && codesOfMissing.includes(error.code)
}

export function isUnsupported(error: unknown): error is AgentMachinesError {
  return isAgentMachinesError(error) && error.code === 'CAPABILITY_UNSUPPORTED'
}

export function unsupported(what: string): AgentMachinesError {
  return new AgentMachinesError('CAPABILITY_UNSUPPORTED', `This substrate has no ${what}.`)
}

/** The words that tell the worker where to go on. */
export function placeWords(place: { log: string; offset: number } | null): [string, number] {
  return place === null ? ['-', -1] : [place.log, place.offset]
}

/** Each ends in a comment, without which the worker takes it for the half of a line that was cut. */
export function linesToBytes(lines: readonly string[]): Uint8Array {
  return toBytes(lines.map((line) => `${line} #.\n`).join(''))
}

/** Reads a command whose output is the header and then the log. */
export async function* readWire(
  output: AsyncIterable<ExecEvent>,
  log: WireHost['log'],
): AsyncGenerator<WireEvent> {
  let head: Uint8Array[] | null = []
  for await (const event of output) {
    if (event.kind === 'exit') return
    if (event.kind === 'stderr') log('console channel says', { text: toText(event.bytes) })
    else if (head === null) yield { kind: 'bytes', bytes: event.bytes }
    else {
      head.push(event.bytes)
      const split = splitHeader(concatBytes(head))
      if (split === null) continue
      head = null
      yield { kind: 'header', header: split.header }
      if (split.rest.length > 0) yield { kind: 'bytes', bytes: split.rest }
    }
  }
}

/** The header line and what follows; null while the line is not whole. */
export function splitHeader(bytes: Uint8Array): { header: ChannelHeader; rest: Uint8Array } | null {
  const end = bytes.indexOf(0x0a)
  if (end === -1) return null
  const [tag, epoch = '', log = '', base = '', start = '', modes = ''] = toText(bytes.subarray(0, end)).split(
    '|',
  )
  if (tag !== 'am:channel')
    throw new AgentMachinesError('SUBSTRATE_TRANSIENT', 'The console did not answer as it should.')
  return {
    header: { epoch, log, base: Number(base), start: Number(start), modes },
    rest: bytes.subarray(end + 1),
  }
}
