import {
  type ConsoleEvent,
  type ConsoleInput,
  type ConsoleOpened,
  type ConsolePaste,
  type ConsoleResize,
  consoleSchema,
  type Driver,
  driverSchema,
  type OpenConsole,
  type TakeOver,
} from '@agent-machines/core'
import { z } from 'zod'
import { type Fetch, Http } from '../http/http.ts'
import type { CallOptions } from './call-options.ts'

export interface ConsoleStreamQuery {
  readonly session?: string | undefined
  /** Without it the stream is a viewer's. */
  readonly client?: string | undefined
  readonly cursor?: string | undefined
  /** How many lines above the screen a snapshot holds; 1000 unless told, 5000 at most. */
  readonly history?: number | undefined
}

export interface ConsolePollQuery extends ConsoleStreamQuery {
  /** How long to wait for something; 20 s unless told, 25 s at most. */
  readonly waitMs?: number | undefined
}

/** The console protocol, request by request; `ConsoleConnection` is what most callers want. */
export interface ConsoleApi {
  open(machineId: string, console: OpenConsole, options?: CallOptions): Promise<ConsoleOpened>
  input(machineId: string, input: ConsoleInput, options?: CallOptions): Promise<ConsoleAck>
  paste(machineId: string, paste: ConsolePaste, options?: CallOptions): Promise<ConsoleAck>
  resize(
    machineId: string,
    resize: ConsoleResize,
    options?: CallOptions,
  ): Promise<{ acked: number; cols: number; rows: number }>
  takeOver(
    machineId: string,
    takeOver: TakeOver,
    options?: CallOptions,
  ): Promise<{ driver: Driver; expected: number }>
  /** One connection; ends when the server ends it. */
  stream(
    machineId: string,
    query?: ConsoleStreamQuery,
    options?: CallOptions,
  ): Promise<AsyncGenerator<ConsoleEvent, void, undefined>>
  /** What came after `cursor`, or the first thing that does; `idle` when nothing does. */
  poll(
    machineId: string,
    query?: ConsolePollQuery,
    options?: CallOptions,
  ): Promise<{ events: readonly ConsoleEvent[] }>
  /** Where the WebSocket is; it starts with `ws:` or `wss:`. */
  socketUrl(machineId: string, query?: ConsoleStreamQuery): string
}

/** Everything up to `acked` was handed to the pane. */
export interface ConsoleAck {
  readonly acked: number
  readonly epoch: string
}

const ackSchema = z.object({ acked: z.number().int(), epoch: z.string() })
/** The events come from our own server; their form is its side of the protocol. */
const pollSchema = z.object({ events: z.array(z.custom<ConsoleEvent>()) })
const resizedSchema = z.object({ acked: z.number().int(), cols: z.number(), rows: z.number() })
const takenSchema = z.object({ driver: driverSchema, expected: z.number().int() })

/** The console that is served at `url` itself, by whoever serves no machines beside it. */
export function consoleApiAt(url: string, fetch: Fetch): ConsoleApi {
  const http = new Http({ baseUrl: url, prefix: '', fetch, headers: () => ({}) })
  return createConsoleApi(http, (_, rest = '') => rest)
}

export function createConsoleApi(http: Http, pathOf = pathOnMachine): ConsoleApi {
  return {
    open: (id, console, options) =>
      http.json('POST', pathOf(id), consoleSchema, { ...options, body: console }),
    input: (id, input, options) =>
      http.json('POST', pathOf(id, '/input'), ackSchema, { ...options, body: input }),
    paste: (id, paste, options) =>
      http.json('POST', pathOf(id, '/paste'), ackSchema, { ...options, body: paste }),
    resize: (id, resize, options) =>
      http.json('POST', pathOf(id, '/resize'), resizedSchema, { ...options, body: resize }),
    takeOver: (id, takeOver, options) =>
      http.json('POST', pathOf(id, '/take-over'), takenSchema, { ...options, body: takeOver }),
    stream: async (id, query = {}, options = {}) =>
      readConsoleEvents(await http.events('GET', pathOf(id, '/stream'), { query: { ...query }, ...options })),
    poll: (id, query = {}, options = {}) =>
      http.json('GET', pathOf(id, '/poll'), pollSchema, { query: { ...query }, ...options }),
    socketUrl: (id, query = {}) => http.urlOf(pathOf(id, '/socket'), { ...query }).replace(/^http/, 'ws'),
  }
}

function pathOnMachine(machineId: string, rest = ''): string {
  return `/machines/${encodeURIComponent(machineId)}/console${rest}`
}

async function* readConsoleEvents(
  messages: AsyncIterable<{ event: string; data: string; lastEventId: string }>,
): AsyncGenerator<ConsoleEvent, void, undefined> {
  for await (const { event, data, lastEventId } of messages) {
    // The events come from our own server many times a second; their form is its side of the protocol.
    yield { event, id: lastEventId, data: JSON.parse(data) } as ConsoleEvent
  }
}
