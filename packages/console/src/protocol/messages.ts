import {
  type AgentSignals,
  type ConsoleRest,
  type Driver,
  type Gateway,
  gatewaySchema,
} from '@agent-machines/core'
import { fromHex, toText } from './bytes.ts'

export interface DriverState {
  readonly hash: string
  readonly driver: NonNullable<Driver>
}

export interface Hello {
  readonly nonce: string
  readonly epoch: string
  readonly cols: number
  readonly rows: number
  readonly dead: boolean
  readonly driver: DriverState | null
  readonly acked: number
  readonly rest: ConsoleRest | null
  readonly screen: readonly string[]
  readonly signals: Signals | null
}

/** Signals and whether the runtime's signal list names the title. */
export interface Signals {
  readonly wantsTitle: boolean
  readonly signals: AgentSignals
}

export type Message =
  | { readonly kind: 'ack'; readonly hash: string; readonly seq: number; readonly epoch: string }
  | {
      readonly kind: 'nack'
      readonly hash: string
      readonly seq: number
      readonly acked: number
      readonly epoch: string
      readonly driver: DriverState | null
      readonly dead: boolean
      readonly inMode: boolean
    }
  | { readonly kind: 'driver'; readonly driver: DriverState | null }
  | ({ readonly kind: 'hello' } & Hello)
  | { readonly kind: 'signals'; readonly signals: Signals }
  | { readonly kind: 'gateway'; readonly gateway: Gateway }
  | { readonly kind: 'screen'; readonly screen: readonly string[] }
  | { readonly kind: 'rest'; readonly rest: ConsoleRest | null }

/** Reads a line that our own `display-message` printed; null for one that a newer version may print. */
export function parseMessage(text: string): Message | null {
  const [tag, ...fields] = text.split('|')
  const field = (index: number) => fields[index] ?? ''
  switch (tag) {
    case 'am:ack':
      return { kind: 'ack', hash: field(0), seq: Number(field(1)), epoch: field(2) }
    case 'am:nack':
      return {
        kind: 'nack',
        hash: field(0),
        seq: Number(field(1)),
        acked: Number(field(2)),
        epoch: field(3),
        driver: parseDriver(field(4), field(7), field(8)),
        dead: field(5) === '1',
        inMode: field(6) !== '0' && field(6) !== '',
      }
    case 'am:driver':
      return { kind: 'driver', driver: parseDriver(field(0), field(1), field(2)) }
    case 'am:hello':
      return parseHello(fields)
    case 'am:signals':
      return parsedSignals(fields)
    case 'am:gateway':
      return parseGateway(field(0))
    case 'am:screen':
      return { kind: 'screen', screen: parseScreen(field(0)) }
    case 'am:rest':
      return { kind: 'rest', rest: parseRest(field(0)) }
    default:
      return null
  }
}

function parsedSignals(fields: readonly string[]): Message | null {
  const signals = parseSignals(fields)
  return signals === null ? null : { kind: 'signals', signals }
}

function parseHello(fields: readonly string[]): Message {
  const field = (index: number) => fields[index] ?? ''
  return {
    kind: 'hello',
    nonce: field(0),
    epoch: field(1),
    cols: Number(field(2)),
    rows: Number(field(3)),
    dead: field(4) === '1',
    driver: parseDriver(field(5), field(6), field(7)),
    acked: Number(field(8)),
    rest: parseRest(field(9)),
    screen: parseScreen(field(10)),
    signals: parseSignals(fields.slice(11)),
  }
}

function parseDriver(hash: string, who: string, since: string): DriverState | null {
  if (hash === '') return null
  const names: unknown = JSON.parse(toText(fromHex(who)) || '[]')
  const [client, label] = Array.isArray(names) ? names.map(String) : []
  return {
    hash,
    driver: { client: client ?? '', label: label ?? client ?? '', since: isoOf(since) },
  }
}

/** from,to,cause,processes,conversation */
function parseRest(text: string): ConsoleRest | null {
  const [from, to, cause, processes, conversation] = text.split(',')
  if (!from || !to) return null
  return {
    from,
    to,
    cause: cause === 'sleep' ? 'sleep' : 'loss',
    processes: processes === 'kept' ? 'kept' : 'lost',
    conversation: conversation === 'kept' || conversation === 'resumed' ? conversation : 'new',
  }
}

/** state port since detail */
function parseGateway(text: string): Message | null {
  const [, state, port, since = '', detail = ''] = /^(\S+) (\S+) (\S+) ?(.*)$/.exec(text) ?? []
  const parsed = gatewaySchema.safeParse({
    state,
    port: Number(port) || null,
    since,
    ...(detail === '' ? {} : { detail }),
  })
  return parsed.success ? { kind: 'gateway', gateway: parsed.data } : null
}

/** A line may have been cut inside a character. */
function parseScreen(hex: string): string[] {
  if (hex === '') return []
  return toText(fromHex(hex))
    .split('\n')
    .map((line) => line.replace(/\ufffd+$/, ''))
}

/** now | title wanted | state | pid | exit code | since | path | changed | content | title */
function parseSignals(fields: readonly string[]): Signals | null {
  const [
    now = '',
    wants = '',
    state = '',
    pid = '',
    code = '',
    since = '',
    path = '',
    changedAt = '',
    content = '',
  ] = fields
  if (wants === '') return null
  const title = fields.slice(9).join('|')
  const exitCode = /^\d+$/.test(code) ? Number(code) : null
  const running = state === 'running'
  return {
    wantsTitle: wants === '1',
    signals: {
      process:
        state === ''
          ? null
          : {
              state: running ? 'running' : 'exited',
              pid: Number(pid),
              exitCode: running ? null : exitCode,
              since,
            },
      file:
        path === '' ? null : { path: toText(fromHex(path)), content: toText(fromHex(content)), changedAt },
      title: wants === '1' && title !== '' ? title : null,
      observedAt: isoOf(now),
    },
  }
}

function isoOf(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString()
}
