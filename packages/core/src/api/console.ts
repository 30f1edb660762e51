import { z } from 'zod'
import type { Problem } from '../errors/problem.ts'
import type { AgentState } from '../machine/machine-state.ts'
import { parseOrRefuse } from './parse-or-refuse.ts'

const sessionNamePattern = /^[a-z0-9-]{1,32}$/
export const sessionNameSchema = z.string().regex(sessionNamePattern)
const clientNamePattern = /^[A-Za-z0-9_-]{1,64}$/
export const clientNameSchema = z.string().regex(clientNamePattern)
const seq = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const cols = z.number().int().min(20).max(500)
const rows = z.number().int().min(5).max(200)
const label = z.string().min(1).max(64)
const epoch = z.string().max(64)

const colour = z.string().regex(/^#[0-9a-f]{6}$/)
/** What a terminal draws with unless a program says otherwise. */
const coloursSchema = z.strictObject({ foreground: colour, background: colour })
export type ConsoleColours = z.infer<typeof coloursSchema>

export const openConsoleSchema = z.strictObject({
  cols,
  rows,
  session: sessionNameSchema.optional(),
  client: clientNameSchema.optional(),
  label: label.optional(),
  launch: z.boolean().optional(),
  colours: coloursSchema.optional(),
})
export type OpenConsole = z.infer<typeof openConsoleSchema>

const batch = {
  session: sessionNameSchema.optional(),
  client: clientNameSchema,
  seq,
  epoch: epoch.optional(),
}
export const inputSchema = z.strictObject({ ...batch, data: z.base64() })
export const pasteSchema = z.strictObject({ ...batch, data: z.base64() })
export const resizeSchema = z.strictObject({ ...batch, cols, rows })
export const takeOverSchema = z.strictObject({
  session: sessionNameSchema.optional(),
  client: clientNameSchema,
  label: label.optional(),
  /** Who drove, or nobody, when this was asked: it does nothing once somebody else does. Without it it always counts. */
  from: z.object({ client: clientNameSchema, since: z.iso.datetime() }).nullable().optional(),
})
export type ConsoleInput = z.infer<typeof inputSchema>
export type ConsolePaste = z.infer<typeof pasteSchema>
export type ConsoleResize = z.infer<typeof resizeSchema>
export type TakeOver = z.infer<typeof takeOverSchema>

/** What a browser may send on the WebSocket. */
export const socketMessageSchema = z.discriminatedUnion('type', [
  inputSchema.extend({ type: z.literal('input') }),
  pasteSchema.extend({ type: z.literal('paste') }),
  resizeSchema.extend({ type: z.literal('resize') }),
  takeOverSchema.extend({ type: z.literal('take-over') }),
])
export type SocketMessage = z.infer<typeof socketMessageSchema>

const keysPattern = /^(?:[A-Za-z0-9+/]{4}){0,32}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const keysFields: ReadonlySet<string> = new Set(['type', 'session', 'client', 'seq', 'epoch', 'data'])

/** What a browser said on the WebSocket; refuses what the schema does not take. */
export function parseSocketMessage(said: unknown): SocketMessage {
  return isKeys(said) ? said : parseOrRefuse(socketMessageSchema, said, 'message')
}

/** Whether it is a key as every key is sent. The schema takes it too, in a tenth of a millisecond that each echo would wait. */
function isKeys(said: unknown): said is SocketMessage {
  if (typeof said !== 'object' || said === null) return false
  for (const field in said) if (!keysFields.has(field)) return false
  const { type, session, client, seq, epoch, data } = said as Partial<Record<string, unknown>>
  return (
    type === 'input' &&
    (session === undefined || (typeof session === 'string' && sessionNamePattern.test(session))) &&
    typeof client === 'string' &&
    clientNamePattern.test(client) &&
    Number.isSafeInteger(seq) &&
    Number(seq) >= 1 &&
    typeof epoch === 'string' &&
    epoch.length <= 64 &&
    typeof data === 'string' &&
    keysPattern.test(data)
  )
}

export const driverSchema = z.object({ client: z.string(), label: z.string(), since: z.string() }).nullable()
/** Who types and sets the size. */
export type Driver = z.infer<typeof driverSchema>
export type ConsoleTier = 'attach' | 'stream' | 'poll'

export const consoleSchema = z.object({
  session: z.string(),
  epoch: z.string(),
  cols: z.number(),
  rows: z.number(),
  tier: z.enum(['attach', 'stream', 'poll']),
  transports: z.array(z.enum(['ws', 'sse', 'poll'])),
  driver: driverSchema,
  /** The next sequence number of the asking client. */
  expected: z.number().int(),
})
export type ConsoleOpened = z.infer<typeof consoleSchema>

export const inputLimitBytes = 1024
export const pasteLimitBytes = 1024 * 1024
export const uploadLimitBytes = 25 * 1024 * 1024

/** How many lines above the screen a snapshot holds. */
export const historyLines = { default: 1000, max: 5000 }

/** The last time the machine slept or lost its processes, and what is left of before. */
export interface ConsoleRest {
  /** When it fell asleep, or was last seen alive. */
  readonly from: string
  readonly to: string
  readonly cause: 'sleep' | 'loss'
  readonly processes: 'kept' | 'lost'
  readonly conversation: 'kept' | 'resumed' | 'new'
}

export type SnapshotReason = 'attach' | 'behind' | 'trimmed' | 'restarted' | 'unknown-cursor'
export type EndReason = 'limit' | 'asleep' | 'exited' | 'destroyed' | 'replaced'

/** Everything a console stream says, the same over SSE and WebSocket. `data` is base64. */
export type ConsoleEvent =
  | {
      readonly event: 'started'
      readonly data: {
        session: string
        epoch: string
        cols: number
        rows: number
        tier: ConsoleTier
        driver: Driver
        viewers: number
        resumed: boolean
        rest?: ConsoleRest | null
      }
    }
  | {
      readonly event: 'snapshot'
      readonly id: string
      readonly data: {
        data: string
        cols: number
        rows: number
        reason: SnapshotReason
        /** Lines above the screen that are in `data`. */
        history?: number
        /** Lines above the screen that there are. */
        historyAvailable?: number
      }
    }
  | { readonly event: 'output'; readonly id: string; readonly data: { data: string } }
  | { readonly event: 'resize'; readonly id: string; readonly data: { cols: number; rows: number } }
  | { readonly event: 'driver'; readonly data: { driver: Driver; viewers: number } }
  | { readonly event: 'ack'; readonly data: { client: string; acked: number } }
  | { readonly event: 'agent'; readonly data: AgentState }
  | { readonly event: 'idle'; readonly data: Record<string, never> }
  | { readonly event: 'end'; readonly data: { reason: EndReason; retry: boolean } }
  | { readonly event: 'error'; readonly data: Problem & { seq?: number } }

/** What every way to read a console takes. */
export const streamQuerySchema = z.object({
  session: sessionNameSchema.optional(),
  client: clientNameSchema.optional(),
  label: label.optional(),
  cursor: z.string().max(256).optional(),
  history: z.coerce.number().int().min(0).max(historyLines.max).optional(),
})
export const pollQuerySchema = streamQuerySchema.extend({
  waitMs: z.coerce.number().int().min(0).max(25_000).default(20_000),
})
